# Tools for developers; their output is English.
cli-about-sim = live simulated days of consoles and a hub on a bad network and check what the exchange promises
cli-arg-seeds = how many days, a seed each
cli-arg-sim-from = the first seed
cli-arg-without = switch this rule off: a promise must break
cli-proof-days = days
cli-fail-proof = the tool cannot do its work: { $why }
    .hint = look at the path and the rights on it
cli-about-test = tests with real processes
cli-about-test-kill9 = kill consoles, their pullers and the hub at any moment and check that nothing is lost or torn
cli-about-test-orders = take one order after the other in this data directory and print each that is on the disk
cli-arg-rounds = how many kills
cli-proof-rounds = kills
