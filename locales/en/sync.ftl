# Keeping level with the hub: enrolling, sending and receiving, conflicts, the age of the data.
refusal-console-revoked = the hub { $hub } has ended this console's access; nothing can be changed here any more
    .hint = what was not sent is still here: take it out with gongfu outbox export and hand it to an administrator
code-outcome-console-revoked = console revoked
refusal-console-outdated = this program is older than the hub { $hub } serves; it can look, but not change anything
    .hint = install a newer gongfu
code-outcome-console-outdated = program too old
