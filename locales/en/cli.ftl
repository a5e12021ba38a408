# Words of the command line: help, results, next steps.
cli-about-gongfu = operations console of a trade-union federation for relief products
cli-about-status = the watch board: what needs a person, deadlines, goals, incidents
cli-about-list = list records, with the same filters as the screens
cli-about-show = one record: its fields, what hangs on it, its history
cli-about-catalog = act on products of the catalog
cli-about-catalog-screen = screen a candidate
cli-about-catalog-list = list a screened product
cli-about-catalog-suspend = suspend a listed product; says why
cli-about-catalog-resume = put a suspended product back; says why
cli-about-catalog-withdraw = withdraw a product; says why
cli-about-audit = audit records
cli-about-audit-list = list audit records
cli-about-audit-verify = check the audit chain and name the first record that was touched
cli-about-import = import files
cli-about-import-catalog = Import a product list (CSV or spreadsheet with county, supplier, product and price)
cli-about-import-reference = replace a table of reference data
cli-about-config = settings
cli-about-config-check = check the settings file
cli-about-config-show = show the settings that count
cli-about-config-path = where the settings file is
cli-about-keys = every action with its keys
cli-about-themes = the themes that come with it
cli-about-doctor = check terminal, data directory, database and clock
cli-about-backup = copy database and evidence files while they are in use
cli-about-init = make a new database for an organisation
cli-about-demo = make a province of demonstration data and open it
cli-about-completions = print a completion script
cli-about-man = write manual pages
cli-after-gongfu = Without a subcommand it opens the console. Exit codes: 0 done, 1 refused by a rule, 2 usage, 3 input not understood, 4 offline, 5 partial, 70 internal, 128+n ended by signal n.
cli-head-usage = Usage
cli-head-options = Options
cli-head-globals = Global options
cli-head-arguments = Arguments
cli-head-commands = Commands
cli-word-command = COMMAND
cli-word-default = { "" } (default { $value })
cli-word-yes = yes
cli-word-no = no
cli-word-nothing = (empty)
cli-arg-data_dir = data directory
cli-arg-config = settings file
cli-arg-profile = profile to use
cli-arg-person = name of the person, as in the audit
cli-arg-lang = language
cli-arg-read_only = look only, refuse every change
cli-arg-now = fix the clock, such as 2020-08-20T14:32:00+08:00; to look, and in demos
cli-arg-json = JSON; money in fen, instants with their offset
cli-arg-quiet = say less
cli-arg-verbose = log more (may be repeated)
cli-arg-help = show help
cli-arg-version = show the version
cli-arg-kind = kind
cli-arg-code = code
cli-arg-filter = filter, such as "county:柞水县 state:listed price:>100 zsme"
cli-arg-sort = sort columns, at most two, - in front for descending
cli-arg-limit = rows at most (200 for a table, else all)
cli-arg-columns = columns to show
cli-arg-format = format
cli-arg-reason = reason, as in the audit
cli-arg-file = file
cli-arg-table = table
cli-arg-dry_run = check only, import nothing
cli-arg-yes = ask nothing
cli-arg-sheet = sheet
cli-arg-org = name or code of the organisation
cli-arg-force = make it even when there is one; the old file is kept under another name
cli-arg-scale = scale
cli-arg-seed = seed; the same seed gives the same data
cli-arg-no_tui = make it, do not open it
cli-arg-keep = keep the data in this folder
cli-arg-shell = shell
cli-arg-dir = folder
cli-note-no-terminal = there is no terminal; showing gongfu status instead
cli-list-total =
    { $total ->
        [one] 1 row, { $shown } shown
       *[other] { $total } rows, { $shown } shown
    }
cli-list-without =
    { $n ->
        [one] No row matches. Without { $term } there is 1 row
       *[other] No row matches. Without { $term } there are { $n } rows
    }
cli-show-more = .. { $more } more
cli-show-history = History
cli-status-title = gongfu watch board
cli-status-demo = (demonstration data)
cli-status-urgent = What needs a person
cli-status-none = nothing
cli-status-deadlines = Deadlines
cli-status-goals = Goals
cli-status-incidents = Open incidents: grade 1 { $one }, grade 2 { $two }, grade 3 { $three }
cli-status-catalog = Catalog: listed { $listed }, suspended { $suspended }, delisted { $delisted }
cli-status-spending = Counted { $counted }; at this pace { $august } by 8-31, { $december } by 12-31
cli-status-audit =
    { $records ->
        [one] 1 audit record
       *[other] { $records } audit records
    }
cli-status-today = due today
cli-status-late =
    { $n ->
        [one] 1 day late
       *[other] { $n } days late
    }
cli-status-left =
    { $n ->
        [one] 1 day left
       *[other] { $n } days left
    }
cli-status-plan = planned { $share }
cli-unit-wan = { $n } yuan
cli-unit-yi = { $n } M yuan
cli-audit-whole =
    { $records ->
        [one] the audit is whole: 1 record, head { $head }
       *[other] the audit is whole: { $records } records, head { $head }
    }
cli-config-good = { $path } is good
cli-config-none = there is no settings file ({ $path }); the defaults count
cli-keys-scope = Where
cli-keys-keys = Keys
cli-keys-label = What
cli-keys-action = Action
cli-backup-done = copied to { $path } ({ $bytes } bytes; { $files } files of evidence in { $path }.evidence)
cli-man-done = manual pages written to { $path }
cli-doctor-ok = ok
cli-doctor-warn = warn
cli-doctor-bad = bad
cli-doctor-terminal = terminal
cli-doctor-terminal-hint = run it in a terminal of at least 80x24; TERM must not be dumb
cli-doctor-colours = colours
cli-doctor-colours-hint = set the number with colours
cli-doctor-encoding = encoding
cli-doctor-encoding-hint = set LANG to zh_CN.UTF-8 and the terminal to UTF-8
cli-doctor-widths = widths
cli-doctor-widths-hint = set ambiguous_width
cli-doctor-clipboard = clipboard
cli-doctor-clipboard-hint = tmux needs set -s set-clipboard on; screen passes no clipboard
cli-doctor-settings = settings
cli-doctor-settings-hint = run gongfu config check
cli-doctor-data-dir = data directory
cli-doctor-data-dir-hint = it must exist, be writable and closed to others (chmod 700); gongfu init makes one
cli-doctor-file-system = file system
cli-doctor-file-system-hint = put the data directory on a local disk
cli-doctor-database = database
cli-doctor-database-hint = gongfu init makes one; keep a damaged file aside and restore a backup
cli-doctor-schema = schema
cli-doctor-schema-hint = opening it once brings it up; when it is newer, update the program
cli-doctor-audit = audit
cli-doctor-audit-hint = run gongfu audit verify to see which record
cli-doctor-clock = clock
cli-doctor-clock-hint = set the system clock
cli-usage-near = did you mean: { $near }
cli-usage-valid = it may be: { $valid }
cli-fail-exists = { $path } exists and was not overwritten
    .hint = use another name or move it away
cli-fail-cancelled = the read was cancelled
    .hint = try again
cli-fail-file = { $path }: { $why }
    .hint = check path and permissions
cli-fail-unknown-column = there is no column "{ $found }"; the nearest is { $nearest }
    .hint = columns: { $known }
cli-fail-unsortable = "{ $column }" is personal data and cannot be sorted by
    .hint = sort by another column
cli-fail-too-many-sorts = at most two sort columns count
    .hint = leave out the others
cli-fail-no-organisation = which organisation acts is not known ({ $org })
    .hint = write [profile.default] org = "name or code" in the settings
cli-fail-audit-altered = audit record { $no } was altered or put in later
    .hint = keep the file as it is and compare with a backup
cli-fail-audit-missing = audit record { $no } is missing
    .hint = keep the file as it is and compare with a backup
cli-fail-doctor =
    { $n ->
        [one] 1 check is bad
       *[other] { $n } checks are bad
    }
    .hint = follow the hints above
cli-usage-unknown-argument = there is no option { $arg }
    .hint = see --help
cli-usage-unknown-command = there is no command "{ $arg }"
    .hint = see --help
cli-usage-command-missing = a subcommand is missing
    .hint = see --help
cli-usage-argument-missing = { $arg } is missing
    .hint = see --help
cli-usage-value-missing = { $arg } needs a value
    .hint = see --help
cli-usage-bad-value = { $arg } cannot be "{ $value }"
    .hint = see --help
cli-usage-too-many = { $arg } was given too often
    .hint = see --help
cli-usage-conflict = { $arg } does not go with the other options
    .hint = see --help
cli-usage-other = usage: { $arg }
    .hint = see --help
config-syntax = { $place }: this line is not valid TOML: { $read }
    .hint = write one key = value a line, texts in quotes, table heads as [name], brackets in pairs
config-twice = { $place }: "{ $read }" is there twice
    .hint = keep one of them
config-value = { $place }: "{ $key }" must be { $wants }; read { $type } { $read }
    .hint = see config.example.toml
config-value-near = { $place }: "{ $key }" must be { $wants }; read { $type } { $read }; the nearest is { $nearest }
    .hint = see config.example.toml
config-unknown-role = { $place }: there is no role "{ $found }"; the nearest is { $nearest }
    .hint = roles: { $known }
config-role-missing = { $place }: the role "{ $found }" is missing under [roles]
    .hint = add it as in the themes that come with the program
config-theme-nameless = { $place }: the theme has no name
    .hint = write name = "..." first
wants-bool = true or false
wants-text = a text in quotes
wants-whole = a whole number from { $low } to { $high }
wants-word = one of these in quotes ({ $known })
wants-table = a table, written as [{ $key }] on a line of its own
wants-texts = a list of texts such as ["code", "name"]
wants-chords = a list of keys such as ["x", "ctrl-x"]
wants-chord = a key such as "enter", "ctrl-p" or "?"
wants-colour = a colour in six hexadecimal digits such as "#d0d0d0"
wants-style = a table such as {"{"} fg = "#d0d0d0", bold = true {"}"}
io-not-found = there is no such file
io-denied = reading it is not allowed
io-folder = it is a folder
io-not-text = it is not UTF-8 text
io-other = the system cannot read it
config-reserved-key = { $place }: { $key } cannot be set as a key
    .hint = the terminal, tmux or the program itself needs it; take another one
config-unknown-key = { $place }: there is no key "{ $found }"; the nearest is { $nearest }
    .hint = keys: { $known }
config-unknown-list = { $place }: there is no list "{ $found }"; the nearest is { $nearest }
    .hint = lists: { $known }
config-unknown-column = { $place }: there is no column "{ $found }"; the nearest is { $nearest }
    .hint = columns: { $known }
config-unknown-profile = { $place } has no profile "{ $found }"
    .hint = profiles: { $known }
config-variable = the variable { $place } cannot be { $why }
    .hint = it may be: { $known }
config-unreadable = { $place } cannot be read: { $io }
    .hint = check path and permissions
cli-demo-building = Making the demo data
cli-demo-indexing = Building indices
cli-fail-demo-scale = Scale { $scale } is not within 1 and { $max }
    .hint = Usually --scale 1; 1000 gives 1.6 million entries
cli-fail-demo-not-demo = { $path } holds no demo and was not touched
    .hint = Name an empty directory with --keep
cli-fail-terminal = The terminal failed: { $why }
    .hint = Run gongfu doctor
cli-fail-settings = The settings are wrong: { $why }
    .hint = Run gongfu config check; gongfu keys lists the actions
cli-fail-reference =
    { $n ->
        [one] 1 error in the reference data; nothing was replaced
       *[other] { $n } errors in the reference data; nothing was replaced
    }
    .hint = Mend the lines and columns named above and try again
cli-fail-unknown-table = There is no reference table { $table }
    .hint = Tables: { $known }
cli-fail-not-utf8 = { $path } line { $line } is not UTF-8
    .hint = Save it as CSV in UTF-8 and try again
cli-init-done = Made the data of { $org }: { $path }
cli-fail-format-conflict = --json does not go with --format table or --format csv
    .hint = Leave one out; for programs write --json or --format ndjson
cli-fail-demo-exists = { $path } holds demo data already; scale and seed cannot change
    .hint = Open it without --scale and --seed, or name another directory with --keep
cli-usage-twice = { $arg } is given twice
    .hint = Give it once
cli-import-checking = Checking
cli-import-storing = Storing
cli-import-whole-line = line
cli-import-counts =
    { $read ->
        [one] 1 line read ({ $encoding }, { $sheet }): { $taken } good, { $doubtful } doubtful, { $refused } refused
       *[other] { $read } lines read ({ $encoding }, { $sheet }): { $taken } good, { $doubtful } doubtful, { $refused } refused
    }
cli-import-doubtful = line { $line } { $column } doubtful: { $text }
cli-import-refused = line { $line } { $column } refused: { $text }
cli-import-ask =
    { $n ->
        [one] Store 1 candidate? y stores, anything else does not:
       *[other] Store { $n } candidates? y stores, anything else does not:
    }
cli-import-stored =
    { $n ->
        [one] 1 candidate stored (audit up to { $no })
       *[other] { $n } candidates stored (audit up to { $no })
    }
cli-import-nothing = Nothing was stored (--yes stores)
cli-reference-wrong = { $path } line { $line } column { $column }: 
cli-reference-expected = "{ $found }", expected { $expected }
cli-reference-done =
    { $n ->
        [one] Replaced { $table }, 1 line
       *[other] Replaced { $table }, { $n } lines
    }
scope-global = everywhere
scope-board = board
scope-list = lists
scope-detail = details
scope-entry = catalog entry
scope-map = counters
scope-matrix = returns
scope-supplier = supplier
scope-return = return
cli-fail-key-unknown = { $place }: there is no action { $id }; the nearest is { $nearest }
    .hint = gongfu keys lists every action
cli-fail-key-twice = { $place }: { $key } means two things in one place: { $first } and { $second }
    .hint = Give one of them another key
cli-fail-theme-unknown = { $place }: there is no theme { $name }; the nearest is { $nearest }
    .hint = Themes: { $known }; a theme file is written as name.toml
cli-fail-now-real = --now fixes the clock at { $now }: the change would carry that time into the audit and is not made
    .hint = Leave --now out; with it data can be looked at, and a demo changed (gongfu demo)
