//! Tests of the reference tables: the embedded files, replaced ones, and every kind of error in them.

use super::*;
use crate::domain::codes::OrgKind;

fn with(table: Table, text: &str) -> Result<Reference, Vec<RowError>> {
    Reference::load(|t| (t == table).then(|| text.to_owned()))
}

#[test]
fn the_embedded_files_are_right_and_complete() {
    let r = Reference::embedded().unwrap_or_else(|e| panic!("{e:#?}"));
    assert_eq!((r.divisions.len(), r.counties().count()), (120, 107));
    assert_eq!(r.divisions.iter().filter(|d| d.poverty_county).count(), 56);
    assert_eq!((r.outline.len(), r.rings().len()), (1490, 11));
    assert_eq!((r.venue_types.len(), r.unions.len(), r.pairs.len(), r.specialties.len()), (15, 48, 39, 291));
    assert_eq!((r.goals.len(), r.deadlines.len()), (7, 10));
    let spend = r.goals.iter().find(|g| g.code == "spend").expect("the first goal");
    assert_eq!((spend.target, spend.due_on.to_string().as_str()), (80_000_000_000, "2020-08-31"));
    assert_eq!(spend.shown_on.map(|d| d.to_string()).as_deref(), Some("2020-12-31"));
    assert_eq!(r.unions.iter().filter(|u| u.kind == OrgKind::City).count(), 10);
    for table in Table::ALL {
        assert_eq!(Table::parse(table.file()), Some(*table));
    }
}

#[test]
fn look_ups_find_counties_as_people_write_them() {
    let r = Reference::embedded().expect("embedded");
    let one = |written: &str| match r.find_county(written) {
        CountyMatch::One(d) => d.code.clone(),
        other => format!("{other:?}"),
    };
    for written in ["柞水县", "柞水", "商洛市柞水县", "陕西省商洛市柞水县", "陕西省柞水县", "商洛柞水", "611026"]
    {
        assert_eq!(one(written), "611026", "{written}");
    }
    assert_eq!(one("鄠邑"), "610118");
    assert_eq!(one("汉滨区"), "610902");
    for unknown in ["", "县", "柞水市", "江宁区", "陕西省", "商洛市", "商洛"] {
        assert_eq!(r.find_county(unknown), CountyMatch::None, "{unknown}");
    }
    assert_eq!(r.prefecture_of("611026").map(|d| d.name.as_str()), Some("商洛市"));
    assert_eq!(r.prefecture_of("610000"), None);
    assert!(r.county_names().any(|(code, name)| code == "611026" && name == "柞水县"));
}

#[test]
fn every_county_lies_in_the_province_and_other_cities_do_not() {
    let r = Reference::embedded().expect("embedded");
    let province = r.ring("610000").expect("the province ring");
    for d in r.counties() {
        assert!(province.contains(d.longitude_e6, d.latitude_e6), "{}", d.name);
        let city = r.ring(&d.prefecture_code).expect("a city ring");
        assert!(city.contains(d.longitude_e6, d.latitude_e6), "{} in {}", d.name, city.name);
    }
    for (name, x, y) in [("Beijing", 116_400_000, 39_900_000), ("Nanjing", 118_797_000, 32_060_000)] {
        assert!(!province.contains(x, y), "{name}");
    }
}

#[test]
fn every_error_of_a_file_is_reported_with_line_and_column() {
    let text = embedded(Table::JiangsuPairs);
    let text = text.replace("city,610100,西安市,320500", "town,61010,西安市,320500");
    let text = text.replace(",1996,", ",96,");
    let errors = with(Table::JiangsuPairs, &text).unwrap_err();
    let places: Vec<_> = errors.iter().map(|e| (e.line, e.column.as_str(), e.found.as_str())).collect();
    let expected =
        [(2, "level", "town"), (2, "shaanxi_code", "61010"), (10, "since_year", "96"), (11, "since_year", "96")];
    assert_eq!(places, expected);
    assert!(errors[0].to_string().starts_with("jiangsu_pairs.csv:2: level: found \"town\""), "{}", errors[0]);
}

#[test]
fn a_wrong_missing_or_extra_header_names_the_nearest_column() {
    let head = |text: &str, from: &str, to: &str| {
        let text = text.replacen(from, to, 1);
        with(Table::VenueTypes, &text).unwrap_err().remove(0)
    };
    let text = embedded(Table::VenueTypes);
    let misspelt = head(text, "target_count", "target_cuont");
    assert_eq!((misspelt.column.as_str(), misspelt.found.as_str()), ("target_count", "target_cuont"));
    let missing = head(text, "plan_phrase,", "");
    assert_eq!((missing.column.as_str(), missing.found.as_str()), ("plan_phrase", ""));
    let extra = head(text, "plan_phrase,", "plan_phrase,plan_items,");
    assert_eq!((extra.line, extra.column.as_str(), extra.found.as_str()), (1, "plan_item", "plan_items"));
    let swapped = head(text, "name_zh,name_en", "name_en,name_zh");
    assert_eq!(swapped.expected.code, "place", "{swapped}");
    assert!(!with(Table::VenueTypes, "").unwrap_err().is_empty());
}

#[test]
fn duplicates_dangling_codes_ranges_and_dates_are_refused() {
    let first = |table: Table, from: &str, to: &str| {
        let text = embedded(table);
        assert!(text.contains(from), "{from}");
        let errors = with(table, &text.replacen(from, to, 1)).unwrap_err();
        (errors[0].column.clone(), errors[0].line)
    };
    assert_eq!(first(Table::Divisions, "\n610103,", "\n610102,").0, "code");
    assert_eq!(first(Table::Divisions, "109.114206", "209.114206").0, "longitude");
    assert_eq!(first(Table::Divisions, "109.114206", "1e2").0, "longitude");
    assert_eq!(first(Table::Unions, ",sx_ftu,yes,yes", ",sx_fut,yes,yes"), ("parent_id".into(), 3));
    assert_eq!(first(Table::Specialties, ",611026,", ",611099,").0, "division_code");
    assert_eq!(first(Table::Specialties, ",11-2,", ",11-13,").0, "season_months");
    assert_eq!(first(Table::Programme, "2020-06-30", "2020-06-31"), ("due_on".into(), 9));
    assert_eq!(first(Table::Programme, "80000000000", "８00"), ("target".into(), 2));
    assert_eq!(first(Table::Programme, "2020-12-31", "2020-01-31").0, "shown_on");
    assert_eq!(first(Table::Programme, "deadline,D2", "deadline,D1"), ("code".into(), 10));
}

#[test]
fn a_replaced_file_is_used_and_a_short_line_is_named() {
    let text = embedded(Table::Programme).replace("80000000000", "90000000000");
    let r = with(Table::Programme, &text).expect("a right file");
    assert_eq!(r.goals[0].target, 90_000_000_000);
    let errors = with(Table::Programme, &format!("{text}deadline,D11\n")).unwrap_err();
    assert_eq!((errors[0].line, errors[0].found.as_str()), (19, "2 fields"));
    let errors = with(Table::Programme, &format!("{text}deadline,D11\n").replace('\n', "\r\n")).unwrap_err();
    assert_eq!(errors[0].line, 19, "lines count the same with the line ends of Windows");
}
