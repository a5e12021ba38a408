# Tools for developers; their output is English.
cli-about-sim = live simulated days of consoles and a hub on a bad network and check what the exchange promises
cli-arg-seeds = how many days, a seed each
cli-arg-sim-from = the first seed
cli-arg-without = switch this rule off: a promise must break
cli-proof-days = days
cli-fail-proof = the tool cannot do its work: { $why }
    .hint = look at the path and the rights on it
