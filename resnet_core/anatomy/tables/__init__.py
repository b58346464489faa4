"""From calls to tables, parts, formulas, comparisons and questions."""
