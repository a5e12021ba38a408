//! Values and rules of the programme, pure: no I/O, clock, SQL, terminal.
