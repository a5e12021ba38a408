//! Consoles the hub knows: one-time codes by which they enrol, tokens by which they are known, revocation.
//!
//! Owns both secrets: only their SHA-256 is kept. They are random in full, so that no slow hash is needed.

use super::engine::{self, Engine, EngineError};
use super::ledger::{Device, lock};
use super::rows::blob;
use crate::domain::codes::Role;
use crate::domain::value::{Cell, Value};
use crate::wire::record::hex;
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// How long a code can be used, in milliseconds: 15 minutes.
pub const CODE_LASTS: i64 = 15 * 60 * 1_000;

/// The letters of a code: none that looks like another.
const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// Letters of a code: 100 bits.
const LENGTH: usize = 20;

/// Random bytes of the system.
///
/// # Errors
/// When the system has none.
pub fn random<const N: usize>() -> Result<[u8; N], EngineError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|e| EngineError::Broken(format!("no random bytes: {e}")))?;
    Ok(bytes)
}

fn hash(secret: &str) -> Value {
    Value::Blob(Sha256::digest(secret.as_bytes()).to_vec())
}

/// A code as it is compared: people read it out and type it with blanks, dashes and small letters.
fn plain(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// Makes a code for one console of an organisation; told once, kept as a hash.
///
/// # Errors
/// What the engine says.
pub fn make_code(engine: &mut dyn Engine, org: Uuid, role: Role, now: i64) -> Result<String, EngineError> {
    let code: String = random::<LENGTH>()?.iter().map(|b| char::from(LETTERS[usize::from(b % 32)])).collect();
    let sql = "INSERT INTO \"code\" (\"hash\", \"org_id\", \"role\", \"made_at\", \"expires_at\") VALUES (?1, ?2, ?3, ?4, ?5)";
    let args = [hash(&code), blob(org), role.to_value(), Value::Int(now), Value::Int(now + CODE_LASTS)];
    engine.execute(sql, &args)?;
    let groups: Vec<&str> = (0..LENGTH / 5).map(|n| &code[n * 5..n * 5 + 5]).collect();
    Ok(groups.join("-"))
}

/// A console that has just enrolled, with its token: told once, kept as a hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    pub device: Device,
    pub token: String,
}

/// Uses a code up; `None` when there is none such that is not used and not too old.
///
/// # Errors
/// What the engine says.
pub fn enrol(
    engine: &mut dyn Engine,
    code: &str,
    name: &str,
    id: Uuid,
    now: i64,
) -> Result<Option<Enrolled>, EngineError> {
    enrol_signing(engine, code, (name, None), id, now)
}

/// As [`enrol`], with the public key the console's orders will be signed by.
///
/// # Errors
/// As [`enrol`].
pub fn enrol_signing(
    engine: &mut dyn Engine,
    code: &str,
    (name, signer): (&str, Option<&str>),
    id: Uuid,
    now: i64,
) -> Result<Option<Enrolled>, EngineError> {
    let token = hex(&random::<32>()?);
    engine.begin()?;
    let enrolled = enrol_in(engine, code, (name, &token, signer), id, now);
    match &enrolled {
        Ok(Some(_)) => engine.commit()?,
        _ => engine.rollback(),
    }
    enrolled
}

fn enrol_in(
    engine: &mut dyn Engine,
    code: &str,
    (name, token, signer): (&str, &str, Option<&str>),
    id: Uuid,
    now: i64,
) -> Result<Option<Enrolled>, EngineError> {
    // Of a ledger that has moved no console would be known.
    lock(engine)?;
    // The update itself says who was first: a code is used once, however many ask.
    let sql = "UPDATE \"code\" SET \"used_by\" = ?1 WHERE \"hash\" = ?2 AND \"used_by\" IS NULL AND \"expires_at\" > ?3 \
               RETURNING \"org_id\", \"role\"";
    let Some(row) = engine::first(engine, sql, &[blob(id), hash(&plain(code)), Value::Int(now)])? else {
        return Ok(None);
    };
    let (org, role) = of_row(&row[0], &row[1])?;
    let sql = "INSERT INTO \"device\" (\"id\", \"name\", \"org_id\", \"role\", \"token\", \"enrolled_at\", \"cursor\", \"scope\", \
               \"signer\") VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0, 1, ?7)";
    let key = signer.map_or(Value::Null, |s| Value::Text(s.to_owned()));
    let args = [blob(id), name.to_owned().to_value(), blob(org), role.to_value(), hash(token), Value::Int(now), key];
    engine.execute(sql, &args)?;
    Ok(Some(Enrolled {
        device: Device { id, name: name.to_owned(), org, role, scope: 1, signer: signer.map(str::to_owned) },
        token: token.to_owned(),
    }))
}

fn of_row(org: &Value, role: &Value) -> Result<(Uuid, Role), EngineError> {
    let bad = || EngineError::Broken("a device cannot be read".into());
    let Value::Blob(org) = org else { return Err(bad()) };
    let role = role.as_text().and_then(Role::parse).ok_or_else(bad)?;
    Ok((Uuid::from_slice(org).map_err(|_| bad())?, role))
}

/// What a token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    Device(Device),
    Revoked,
    Nobody,
}

/// The console a token is of.
///
/// # Errors
/// What the engine says.
pub fn of_token(engine: &mut dyn Engine, token: &str) -> Result<Known, EngineError> {
    let sql = "SELECT \"id\", \"name\", \"org_id\", \"role\", \"revoked_at\", \"scope\", \"signer\" FROM \"device\" WHERE \"token\" = ?1";
    let Some(row) = engine::first(engine, sql, &[hash(token)])? else { return Ok(Known::Nobody) };
    if !row[4].is_null() {
        return Ok(Known::Revoked);
    }
    let (org, role) = of_row(&row[2], &row[3])?;
    let Value::Blob(id) = &row[0] else { return Ok(Known::Nobody) };
    let id = Uuid::from_slice(id).map_err(|e| EngineError::Broken(e.to_string()))?;
    let scope = row[5].as_int().unwrap_or(0);
    let (name, signer) = (row[1].as_text().unwrap_or_default().to_owned(), row[6].as_text().map(str::to_owned));
    Ok(Known::Device(Device { id, name, org, role, scope, signer }))
}

/// Ends a console's access from the next request on; whether there was one with this id that had any.
///
/// # Errors
/// What the engine says.
pub fn revoke(engine: &mut dyn Engine, id: Uuid, now: i64) -> Result<bool, EngineError> {
    let sql = "UPDATE \"device\" SET \"revoked_at\" = ?1 WHERE \"id\" = ?2 AND \"revoked_at\" IS NULL";
    Ok(engine.execute(sql, &[Value::Int(now), blob(id)])? > 0)
}

/// Keeps how far a console has read: its receipt.
///
/// # Errors
/// What the engine says.
pub fn receipt(engine: &mut dyn Engine, id: Uuid, cursor: i64, now: i64) -> Result<(), EngineError> {
    let sql = "UPDATE \"device\" SET \"cursor\" = ?1, \"cursor_at\" = ?2, \"seen_at\" = ?3 WHERE \"id\" = ?4";
    engine.execute(sql, &[Value::Int(cursor), Value::Int(now), Value::Int(now), blob(id)]).map(drop)
}

/// A console as the list of them shows it; times in milliseconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: Uuid,
    pub name: String,
    pub org_code: String,
    pub org_name: String,
    pub role: String,
    pub enrolled_at: i64,
    pub revoked_at: Option<i64>,
    /// The last number it has, and since when.
    pub cursor: i64,
    pub cursor_at: Option<i64>,
    /// When it was last heard of.
    pub seen_at: Option<i64>,
}

/// Every console there is or was, the newest last.
///
/// # Errors
/// What the engine says.
pub fn list(engine: &mut dyn Engine) -> Result<Vec<Entry>, EngineError> {
    let sql = "SELECT d.\"id\", d.\"name\", o.\"code\", o.\"name\", d.\"role\", d.\"enrolled_at\", d.\"revoked_at\", \
               d.\"cursor\", d.\"cursor_at\", d.\"seen_at\" FROM \"device\" d JOIN \"organisation\" o ON o.\"id\" = d.\"org_id\" \
               ORDER BY d.\"enrolled_at\", d.\"id\"";
    let mut out = Vec::new();
    engine.query(sql, &[], &mut |row| {
        let text = |i: usize| row[i].as_text().unwrap_or_default().to_owned();
        let int = |i: usize| row[i].as_int();
        let Value::Blob(id) = &row[0] else { return };
        out.push(Entry {
            id: Uuid::from_slice(id).unwrap_or_default(),
            name: text(1),
            org_code: text(2),
            org_name: text(3),
            role: text(4),
            enrolled_at: int(5).unwrap_or(0),
            revoked_at: int(6),
            cursor: int(7).unwrap_or(0),
            cursor_at: int(8),
            seen_at: int(9),
        });
    })?;
    Ok(out)
}
