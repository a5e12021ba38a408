# Keeping level with the hub: enrolling, sending and receiving, conflicts, the age of the data.
