"""The networks as data, and what builds them. A newcomer reads in this order:

spec_fields      every choice that makes one residual network differ from another, and the numbers that follow:
                 layers, widths, groups.
spec             ModelSpec, those choices as one frozen and checked record, each explained.
spec_rules       which choices go together; a refusal names the field and what it allows.
layers           one convolution and one batch norm as a spec wants them, biases included.
stems            what comes before the first stage: 7x7 and max-pool, three 3x3, or one 3x3 with stride 2 or 1.
shortcuts        what carries x around a block where shapes differ: projection, zeros, or nothing.
blocks           F(x) + x: basic and bottleneck blocks, and ShortcutAdd, the addition as a module.
preactivation    the same with batch norm and ReLU before each convolution.
network          ResNet: stem, stages and head in a row, and build_model, which gives it its first weights.
catalogue        every named variant, one row each.

Beside them: attention (within blocks), repair (of a design that can't work), compute (precision), channels (rounding).
"""
