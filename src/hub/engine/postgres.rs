//! A ledger in PostgreSQL.
//!
//! Blocks where SQLite blocks: callers are threads of their own, never the runtime's.

use super::{Engine, EngineError};
use crate::domain::value::Value;
use deadpool_postgres::{Client, Hook, HookError, Manager, ManagerConfig, Object, Pool, RecyclingMethod, Timeouts};
use futures_util::future::{join, join_all};
use std::error::Error;
use std::time::Duration;
use tokio::runtime::Handle;
use tokio_postgres::types::private::BytesMut;
use tokio_postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use tokio_postgres::{NoTls, Row, Statement};

/// As many connections as a machine of a few cores can keep busy.
const CONNECTIONS: usize = 16;
/// How long to wait for a connection before the ledger counts as away.
const PATIENCE: Duration = Duration::from_secs(5);

/// Whatever is looked for has an index. Without this a plan that was made while a table was empty goes through all of it for as long
/// as the connection lives; and plans are not worth compiling.
const SESSION: &str = "SET enable_seqscan = off; SET jit = off";

/// The pool of connections to one database.
pub(super) struct Connections {
    pool: Pool,
    runtime: Handle,
}

/// One connection.
pub struct Postgres {
    client: Option<Object>,
    runtime: Handle,
    open: bool,
    /// What goes out with the next statement that is waited for.
    deferred: Vec<Deferred>,
}

/// A statement whose answer nobody needs yet.
enum Deferred {
    Script(&'static str),
    Statement(String, Vec<Value>),
}

/// Most statements sent without waiting; far fewer than make a future of many poll them in another order.
const DEFERRED: usize = 24;

impl Connections {
    pub(super) fn new(address: &str, runtime: Handle) -> Result<Connections, EngineError> {
        let config = address.parse::<tokio_postgres::Config>().map_err(|e| EngineError::Broken(e.to_string()))?;
        let recycle = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let timeouts = Timeouts { wait: Some(PATIENCE), create: Some(PATIENCE), recycle: Some(PATIENCE) };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycle))
            .max_size(CONNECTIONS)
            .timeouts(timeouts)
            .post_create(Hook::async_fn(|client, _| {
                Box::pin(async move { client.batch_execute(SESSION).await.map_err(HookError::Backend) })
            }))
            .runtime(deadpool_postgres::Runtime::Tokio1)
            .build()
            .map_err(|e| EngineError::Broken(e.to_string()))?;
        Ok(Connections { pool, runtime })
    }

    pub(super) fn get(&self) -> Result<Postgres, EngineError> {
        let client = self.runtime.block_on(self.pool.get()).map_err(|e| EngineError::Away(told(&e)))?;
        Ok(Postgres { client: Some(client), runtime: self.runtime.clone(), open: false, deferred: Vec::new() })
    }
}

/// Whether an address can be read: the words for one that cannot might hold a part of its password.
pub(super) fn is_understood(address: &str) -> bool {
    address.parse::<tokio_postgres::Config>().is_ok()
}

/// An address as people may see it: without the password, and nothing of one that is not understood.
pub(super) fn shown(address: &str) -> String {
    use tokio_postgres::config::Host;
    let Ok(config) = address.parse::<tokio_postgres::Config>() else { return "postgres://…".into() };
    let host = |h: &Host| match h {
        Host::Tcp(name) => name.clone(),
        Host::Unix(path) => path.display().to_string(),
    };
    let port = |n: usize| config.get_ports().get(n).or(config.get_ports().first()).map(|p| format!(":{p}"));
    let hosts = config.get_hosts().iter().enumerate().map(|(n, h)| host(h) + &port(n).unwrap_or_default());
    let user = config.get_user().map(|u| format!("{u}@")).unwrap_or_default();
    let base = config.get_dbname().map(|d| format!("/{d}")).unwrap_or_default();
    format!("postgres://{user}{}{base}", hosts.collect::<Vec<_>>().join(","))
}

/// A value as the column or mark of a statement wants it.
#[derive(Debug)]
struct Arg<'a>(&'a Value);

impl ToSql for Arg<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, ty) {
            (Value::Null, _) => Ok(IsNull::Yes),
            (Value::Int(n), &Type::INT4) => i32::try_from(*n)?.to_sql(ty, out),
            (Value::Int(n), _) => n.to_sql(ty, out),
            (Value::Text(t), _) => t.to_sql(ty, out),
            (Value::Blob(b), _) => b.as_slice().to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

/// What an error says, and what the one behind it says: the first alone only tells that something failed.
fn told(e: &dyn Error) -> String {
    let mut text = e.to_string();
    let mut inner = e.source();
    while let Some(e) = inner {
        let more = e.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        inner = e.source();
    }
    text
}

fn said(e: &tokio_postgres::Error) -> EngineError {
    // With a code the server has answered; without one the connection or the server is gone.
    let Some(db) = e.as_db_error() else { return EngineError::Away(e.to_string()) };
    let text = format!("{} ({})", db.message(), db.code().code());
    // 08 connection, 40 rolled back for others' sake, 53 out of something, 57 shutting down, 25006 a standby.
    let passing = ["08", "40", "53", "57"].iter().any(|class| db.code().code().starts_with(class));
    if passing || db.code().code() == "25006" { EngineError::Away(text) } else { EngineError::Broken(text) }
}

fn values(row: &Row) -> Result<Vec<Value>, tokio_postgres::Error> {
    let value = |(i, column): (usize, &tokio_postgres::Column)| {
        Ok(match *column.type_() {
            Type::INT8 => row.try_get::<_, Option<i64>>(i)?.map_or(Value::Null, Value::Int),
            Type::INT4 => row.try_get::<_, Option<i32>>(i)?.map_or(Value::Null, |n| Value::Int(i64::from(n))),
            Type::BYTEA => row.try_get::<_, Option<Vec<u8>>>(i)?.map_or(Value::Null, Value::Blob),
            _ => row.try_get::<_, Option<String>>(i)?.map_or(Value::Null, Value::Text),
        })
    };
    row.columns().iter().enumerate().map(value).collect()
}

/// The marks as PostgreSQL writes them. No text of ours has a question mark.
fn dollars(sql: &str) -> String {
    sql.replace('?', "$")
}

impl Postgres {
    fn client(&self) -> Result<&Object, EngineError> {
        self.client.as_ref().ok_or_else(|| EngineError::Away("the connection is gone".into()))
    }

    /// Runs a statement, and before it, in the same trip, what was deferred; every statement is prepared once a connection.
    fn run<T>(&mut self, last: Last<'_, T>) -> Result<T, EngineError> {
        let deferred = std::mem::take(&mut self.deferred);
        let client = self.client()?;
        let result = self.runtime.block_on(async {
            let mut before = Vec::with_capacity(deferred.len());
            for one in &deferred {
                before.push(match one {
                    Deferred::Script(sql) => Ready::Script(sql),
                    Deferred::Statement(sql, args) => {
                        Ready::Statement(client.prepare_cached(&dollars(sql)).await?, args)
                    }
                });
            }
            let before = join_all(before.into_iter().map(|one| one.send(client)));
            // Both are polled in this order, and a statement is sent when it is polled first.
            match last {
                Last::Rows(sql, args, of) => {
                    let statement = client.prepare_cached(&dollars(sql)).await?;
                    let (before, rows) = join(before, client.query(&statement, &marks(&wrapped(args)))).await;
                    all_well(before).and(rows).map(of)
                }
                Last::Count(sql, args, of) => {
                    let statement = client.prepare_cached(&dollars(sql)).await?;
                    let (before, count) = join(before, client.execute(&statement, &marks(&wrapped(args)))).await;
                    all_well(before).and(count).map(of)
                }
                Last::Script(sql, of) => {
                    let (before, done) = join(before, client.batch_execute(sql)).await;
                    all_well(before).and(done).map(|()| of)
                }
            }
        });
        result.map_err(|e| said(&e))
    }
}

/// The statement that is waited for, and what is wanted of it.
enum Last<'a, T> {
    Rows(&'a str, &'a [Value], fn(Vec<Row>) -> T),
    Count(&'a str, &'a [Value], fn(u64) -> T),
    Script(&'a str, T),
}

/// A deferred statement that the connection knows.
enum Ready<'a> {
    Script(&'a str),
    Statement(Statement, &'a [Value]),
}

impl Ready<'_> {
    async fn send(self, client: &Client) -> Result<(), tokio_postgres::Error> {
        match self {
            Ready::Script(sql) => client.batch_execute(sql).await,
            Ready::Statement(statement, args) => client.execute(&statement, &marks(&wrapped(args))).await.map(drop),
        }
    }
}

fn wrapped(args: &[Value]) -> Vec<Arg<'_>> {
    args.iter().map(Arg).collect()
}

fn marks<'a>(wrapped: &'a [Arg<'a>]) -> Vec<&'a (dyn ToSql + Sync)> {
    wrapped.iter().map(|a| a as &(dyn ToSql + Sync)).collect()
}

/// The first failure is the one to tell: what follows it in a transaction fails for its sake.
fn all_well(done: Vec<Result<(), tokio_postgres::Error>>) -> Result<(), tokio_postgres::Error> {
    done.into_iter().collect()
}

impl Engine for Postgres {
    fn query(&mut self, sql: &str, args: &[Value], each: &mut dyn FnMut(Vec<Value>)) -> Result<(), EngineError> {
        for row in self.run(Last::Rows(sql, args, |rows| rows))? {
            each(values(&row).map_err(|e| said(&e))?);
        }
        Ok(())
    }

    fn execute(&mut self, sql: &str, args: &[Value]) -> Result<u64, EngineError> {
        self.run(Last::Count(sql, args, |n| n))
    }

    fn defer(&mut self, sql: &str, args: Vec<Value>) -> Result<(), EngineError> {
        if !self.open || self.deferred.len() >= DEFERRED {
            return self.execute(sql, &args).map(drop);
        }
        self.deferred.push(Deferred::Statement(sql.to_owned(), args));
        Ok(())
    }

    fn script(&mut self, sql: &str) -> Result<(), EngineError> {
        self.run(Last::Script(sql, ()))
    }

    fn begin(&mut self) -> Result<(), EngineError> {
        self.open = true;
        self.deferred.push(Deferred::Script("BEGIN"));
        Ok(())
    }

    fn snapshot(&mut self) -> Result<(), EngineError> {
        self.open = true;
        self.deferred.push(Deferred::Script("BEGIN ISOLATION LEVEL REPEATABLE READ"));
        Ok(())
    }

    fn still(&mut self, tables: &[String]) -> Result<(), EngineError> {
        self.begin()?;
        let names = tables.iter().map(|t| format!("\"{t}\"")).collect::<Vec<_>>().join(", ");
        self.script(&format!("LOCK TABLE {names} IN EXCLUSIVE MODE"))
    }

    fn commit(&mut self) -> Result<(), EngineError> {
        let done = self.script("COMMIT");
        // After a deferred statement that failed, the server takes everything back; what it was not even sent must be, too.
        if done.is_err() {
            self.rollback();
        }
        self.open = false;
        done
    }

    fn rollback(&mut self) {
        self.deferred.clear();
        if self.open {
            self.open = false;
            // A connection that cannot roll back is not handed on.
            if self.script("ROLLBACK").is_err() {
                self.client.take().map(Object::take);
            }
        }
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.rollback();
    }
}
