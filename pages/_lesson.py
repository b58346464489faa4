"""Where a server that has just started looks for the address /lesson, until app.py has told it of lesson_plan.py."""

from pages._layout import through_the_router

through_the_router()
