# Texts of the console. Short; the matter first.
product = gongfu
yes = yes
age-minutes = { $n } min
age-hours = { $n } h
age-days = { $n } d
days-today = due today
days-left =
    { $n ->
        [one] 1 day left
       *[other] { $n } days left
    }
days-late =
    { $n ->
        [one] 1 day late
       *[other] { $n } days late
    }
unit-yi = M yuan
too-small = Window too small: { $wide }x{ $high }, at least { $w }x{ $h }
mark-demo = demo data
mark-read-only = read-only
mark-ime = input method on
data-local = local data, no hub
filter-label = Find
status-marked = { $n } marked
status-sort = by { $column } { $way }
status-count =
    { $n ->
        [one] 1 row
       *[other] { $n } rows
    }
status-reading = reading
sort-up = up
sort-down = down
empty-list = Nothing here yet
empty-filter = Nothing matches "{ $filter }"
empty-without =
    { $n ->
        [one] Without { $term } there is 1 row
       *[other] Without { $term } there are { $n } rows
    }
empty-filter-hint = Esc clears it; type ideographs, pinyin or initials, or column:value (such as { $example })
leave-hint = Press q to quit
hasty = Keys came too fast or were pasted; nothing was done. Press them one by one
copied = Copied { $what }
copy-failed = { $what } was not copied: tmux did not take it; select it with the mouse
theme-now = Theme: { $name }
settings-reloaded = Settings were read again
settings-kept = Settings are wrong, the former ones stay: { $why }
board-urgent = To do now
board-calm = Nothing waits for a person
board-deadlines = Due
board-done = { $n } done
board-goals = Goals
board-forecast = At this pace about { $august } on 8-31, { $year } on 12-31 (M yuan)
board-incidents = Quality incidents

board-suspended = { $n } suspended
board-delisted = { $n } delisted
board-recent = Newest
board-status =
    { $audit ->
        [one] 1 audit record
       *[other] { $audit } audit records
    }
urgent-word-incident = quality
urgent-word-removal = removal
urgent-word-returns = returns
urgent-word-deadline = due
urgent-word-packs = packs
urgent-word-orders = orders
urgent-word-publications = publish
urgent-incident = { $code } { $grade } { $state } { $age }  { $name }
urgent-incidents = { $n } of { $grade }, longest { $age }
urgent-word-incidents = quality
urgent-removal =
    { $n ->
        [one] { $code } { $name }  1 counter silent, longest { $age }
       *[other] { $code } { $name }  { $n } counters silent, longest { $age }
    }
urgent-returns =
    { $days ->
        [one] { $code } { $name }  { $n } not accepted, 1 day late
       *[other] { $code } { $name }  { $n } not accepted, { $days } days late
    }
urgent-returns-today = { $code } { $name }  { $n } not accepted, due today
urgent-deadline-today = { $code } { $name }  due today
urgent-deadline =
    { $days ->
        [one] { $code } { $name }  1 day late
       *[other] { $code } { $name }  { $days } days late
    }
urgent-packs =
    { $n ->
        [one] 1 pack needs a replacement
       *[other] { $n } packs need a replacement
    }
urgent-orders =
    { $n ->
        [one] 1 order held
       *[other] { $n } orders held
    }
urgent-publications =
    { $n ->
        [one] 1 publication failed or to publish again
       *[other] { $n } publications failed or to publish again
    }
detail-status = last changed { $at } { $who }
detail-missing = This record is not here
detail-history = History  { $n }
detail-none = None: { $what }
detail-more = { $n } more, Enter shows all
map-all = Province
map-keys = arrows choose a city, Enter its counties, Jiangsu is south
map-keys-counties = arrows choose a county, Esc all cities
map-figures = arrows choose a figure, Enter its rows
map-off = Tab goes to the map
counter-asleep = { " " }({ $n } asleep)
matrix-unit = Unit
matrix-status = { $n } / { $of } accepted
matrix-total =
    { $units ->
        [one] 1 unit, planned { $planned } yuan, goal { $goal } yuan
       *[other] { $units } units, planned { $planned } yuan, goal { $goal } yuan
    }
matrix-late = { $n }d late
matrix-reminded = reminded { $n }
palette-title = Commands  type a name
help-title = Keys  type to search, Esc goes back
chooser-sort = Sort by; Enter chooses
chooser-columns = Columns; space toggles
ask-many =
    { $n ->
        [one] 1 product
       *[other] { $n } products
    }
ask-reason = Reason (required, goes into the audit)
ask-count = { $n } in all; type the number to confirm
ask-keys = Enter confirms   Esc cancels
ask-needs-reason = Type a reason first
ask-needs-count = Type the right number
done-suspend = Suspended { $what } (audit { $no }); S resumes it
done-resume = Resumed { $what } (audit { $no })
done-reveal = Contact of { $what } shown; audit { $no } says so
done-remind = Reminded { $what } (audit { $no })
action-view-board = Board
    .tab = Board
    .help = what to do now, deadlines, goals
action-view-catalog = Catalog
    .tab = Catalog
    .help = the recommended catalog
action-view-counters = Counters
    .tab = Counters
    .help = counters and map
action-view-incidents = Incidents
    .tab = Quality
    .help = quality incidents
action-view-returns = Returns
    .tab = Returns
    .help = returns and deadlines
action-view-purchases = Purchases
    .tab = Buys
    .help = the relief database
action-view-packs = Packs
    .tab = Packs
    .help = gift packs
action-view-partners = Partners
    .tab = Pairs
    .help = Jiangsu partner cities
action-view-audit = Audit
    .tab = Audit
    .help = who did what and when
action-view-suppliers = Suppliers
    .help = suppliers
action-view-orders = Orders
    .help = central purchase orders
action-view-editions = Editions
    .help = catalog editions
action-view-deadlines = Deadlines
    .help = deadlines of the plan
action-view-quotas = Purchase quotas
    .help = What each union has reserved, spent and left
action-view-organisations = Organisations
    .help = union organisations
action-view-notices = Removal notices
    .help = notices and acknowledgements
action-entry-suspend = Suspend
    .help = precautionary stop, with a reason
action-entry-resume = Resume
    .help = lift a suspension, with a reason
action-supplier-reveal = Show contact
    .help = in full; the audit says so
action-return-remind = Remind
    .help = remind the unit that owes it
action-list-filter = Find
    .help = Chinese, pinyin, initials, field:value, !not
action-move-open = Open
    .help = open what is under the cursor
action-move-back = Back
    .help = clear the filter or go back
action-move-up = Up
    .help = one line up
action-move-down = Down
    .help = one line down
action-move-page_up = Page up
    .help = one page up
action-move-page_down = Page down
    .help = one page down
action-move-top = Top
    .help = first line
action-move-bottom = Bottom
    .help = last line
action-move-left = Left
    .help = west on the map
action-move-right = Right
    .help = east on the map
action-map-focus = Map, figures
    .help = moves between list, map and figures
action-map-show = Map
    .help = show or hide the map
action-list-mark = Mark
    .help = mark for doing several at once
action-list-clear_marks = Clear marks
    .help = unmark all
action-list-sort = Sort
    .help = choose the sort column
action-list-reverse = Reverse
    .help = turn the order round
action-list-columns = Columns
    .help = choose the columns shown
action-list-pane = Pane
    .help = details beside the list
action-record-copy = Copy code
    .help = to your own clipboard
action-screen-refresh = Refresh
    .help = read again
action-screen-theme = Theme
    .help = next theme
action-screen-repaint = Repaint
    .help = draw everything again
action-app-palette = Commands
    .help = find a command by name
action-app-help = Help
    .help = all keys
action-app-stop = Step out
    .help = to the shell; fg comes back
action-app-quit = Quit
    .help = leave gongfu
confirm-title = Confirm
confirm-keys = y confirms   any other key cancels
confirm-remind = Remind { $name } (now { $state })?
footer-palette = Enter runs   Up Down choose   Esc back
footer-help = type to search   Up Down scroll   Esc back
footer-chooser = Up Down choose   Space or Enter picks   Esc back
footer-typing = Enter done   Esc clears   Up Down to the list
not-here = { $key } does nothing here; ? lists the keys
map-legend = dot in use or preparing   - paused   @ chosen city
map-partners = Jiangsu partner cities { $n }

action-return-list = Find
    .help = open the list of returns to search, sort and mark
notice-unstoppable = There is no shell to come back from here; press q to leave
board-open = { $n } open
board-grade = { $n }
board-day = day { $n }
board-week = week { $n }
board-older = older { $n }
board-in = in { $n }
board-owed = of { $n }
board-plan = | planned by today
board-below =
    { $n ->
        [one] 1 more line below
       *[other] { $n } more lines below
    }
detail-older = What happened before the data was loaded is not in the audit
record-open = Enter opens it
record-reason = Reason
record-status = audit record { $no }
reason-demo = demo data: seed { $seed }, scale { $scale }, { $rows } rows
ask-others = { $all } marked, { $some } { $now } to { $verb }; { $others }: left as they are
ask-reach = This touches { $shelves } counters that sell it, { $packs } published packs, { $orders } unshipped orders
ask-meanwhile = changed meanwhile
ask-changed = Read what changed above; Enter confirms again, Esc cancels
done-suspend-many = Suspended { $what } (audit { $no }); they stay marked, S resumes them all
done-resume-many = Resumed { $what } (audit { $no })
done-remind-many = Reminded { $what } (audit { $no })
confirm-remind-many = Remind { $n }: { $names } ({ $left } more are in and are left)?
remind-is-in = { $name } is { $state }: no need to remind
map-goals = Goals
map-legend-signs = o in use   - paused   . other   @ chosen city
footer-map = arrows city   Enter counties   Tab figures   Esc list   : commands   ? help
writing = Writing; the console ends when it is done
mark-misset = bad settings
data-local-short = local data
filter-shape-day = a day, such as 2020-08-20, 8-20, 2020-08, >=8-1
filter-shape-number = a number, such as 100, >100, 10..20
chooser-no-room = no room
settings-language = Settings read again; the language holds from the next start on
detail-history-none = History
footer-map-out = arrows city   Enter counters   Tab figures   Esc list   : commands   ? help
footer-map-counties = arrows county   Enter counters   Tab figures   Esc cities   ? help
footer-figures = arrows figure   Enter its rows   Esc list   : commands   ? help
