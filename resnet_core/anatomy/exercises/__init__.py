"""Questions about what is on screen, with answers that are computed and usual mistakes that are recognised."""
