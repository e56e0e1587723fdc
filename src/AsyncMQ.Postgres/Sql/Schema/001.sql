-- Layout 1.0. One schema is one installation.

CREATE TABLE meta (
    one           bool     PRIMARY KEY DEFAULT true CHECK (one),
    layout_major  int      NOT NULL,
    layout_minor  int      NOT NULL,
    clock_offset  interval NOT NULL DEFAULT '0'        -- of tests; added wherever a step reads the clock
);

INSERT INTO meta (layout_major, layout_minor) VALUES (1, 0);
