//! The one integration binary: every module tests a layer through its public face.

#[cfg(test)]
mod architecture;
#[cfg(test)]
mod crash;
#[cfg(test)]
mod domain;
#[cfg(test)]
mod garbage;
#[cfg(test)]
mod store;
#[cfg(test)]
mod support;
