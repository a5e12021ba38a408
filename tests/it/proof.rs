//! The tools that prove the exchange: they pass, and what they watch for is caught.

mod sim;
