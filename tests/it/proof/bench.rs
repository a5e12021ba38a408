//! The measurements do what they say; how fast is nobody's promise.

use super::document;

fn n(of: &serde_json::Value) -> f64 {
    of.as_f64().expect("a number")
}

#[test]
fn a_first_load_is_measured_with_as_many_rows_as_were_asked_for() {
    let d = document(&["bench", "sync", "--rows", "3000"]);
    assert!((2_000.0..5_000.0).contains(&n(&d["rows"])), "{d}");
    assert!(n(&d["bytes_per_row"]) > 1.0 && n(&d["transfer_rows_per_s"]) >= n(&d["whole_rows_per_s"]), "{d}");
}

#[test]
fn every_stream_hears_of_every_command() {
    let d = document(&["bench", "fanout", "--consoles", "20", "--rounds", "4"]);
    assert_eq!((n(&d["consoles"]), n(&d["rounds"])), (20.0, 4.0));
    assert!(n(&d["last_max_ms"]) >= n(&d["last_p50_ms"]) && n(&d["p99_ms"]) >= n(&d["p50_ms"]), "{d}");
}

#[test]
fn every_order_is_accepted_by_the_writer_and_through_the_door() {
    let d = document(&["bench", "push", "--orders", "600"]);
    assert_eq!(n(&d["orders"]), 1_000.0, "a console hands in five hundred");
    assert!(n(&d["writer_per_s"]) > 0.0 && n(&d["door_per_s"]) > 0.0);
}
