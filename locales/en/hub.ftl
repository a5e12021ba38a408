# The hub: making and running it, the consoles it knows, backups.
