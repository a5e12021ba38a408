//! Commands a second: through the writer alone, and through the door over TLS.

use super::field::{Field, Serving, unsound};
use super::rate;
use crate::base::clock::Clock;
use crate::base::ids::Ids;
use crate::domain::codes::{PurchaseKind, SalesChannel};
use crate::domain::command::{AddPurchase, Command};
use crate::domain::rows::{Kind, Row, Supplier};
use crate::domain::value::Fen;
use crate::hub::engine::{Place, Pool};
use crate::hub::ledger;
use crate::hub::ledger::Device;
use crate::hub::pull::{self, Eye};
use crate::hub::writer::{TOGETHER, Writer};
use crate::proof::fault::Fault;
use crate::proof::province::{self, BUYERS, PEOPLE};
use crate::wire::order::{Answer, By, Order, Outcome};
use crate::wire::row::{SCHEMA, from_line};
use jiff::civil::date;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;
use uuid::Uuid;

/// What was measured.
#[derive(Debug, Clone, Copy)]
pub struct Pushed {
    pub orders: u64,
    /// Orders a second.
    pub writer: f64,
    pub door: f64,
    /// A transaction that only counts on, a second, each on the disk: what the place gives.
    pub commits: f64,
    pub memory: Option<u64>,
}

/// Orders of one console in one request: the door lets it send so many at once.
const ONE_PUSH: usize = 50;
const ONE_CONSOLE: usize = 500;

/// Measures with `many` orders each way, on a file in `dir` or on a server.
///
/// # Errors
/// When a part fails, or an order is not accepted.
pub fn push(
    dir: &Path,
    binary: &Path,
    (place, many): (Option<Place>, usize),
    mut tell: impl FnMut(&str),
) -> Result<Pushed, Fault> {
    tell("hub and consoles");
    let field = Field::make(dir, binary, place, |engine| {
        let devices = province::load(engine)?;
        province::furnish_in(engine, &devices)?;
        Ok(())
    })?;
    let (_, role, union) = PEOPLE[0];
    let consoles = field.consoles(province::org(union), role, many.div_ceil(ONE_CONSOLE))?;
    let supplier = supplier(&field, &consoles)?;
    let mut ids = Ids::real(Clock::Real);
    let mut batch = |n: usize| -> Vec<Order> { (0..n).map(|i| order(ids.next_id(), i as u64, supplier)).collect() };
    tell("writer");
    let written = writer(&field, &consoles, &mut batch)?;
    tell("commits");
    let commits = commits(&field)?;
    tell("door");
    let serving = field.serve()?;
    let through = door(&field, &serving, &consoles, &mut batch)?;
    let orders = (consoles.len() * ONE_CONSOLE) as u64;
    let memory = serving.running.memory().map(|(_, most)| most);
    Ok(Pushed { orders, writer: rate(orders, written), door: rate(orders, through), commits, memory })
}

fn order(id: Uuid, n: u64, supplier: Uuid) -> Order {
    let command = Command::AddPurchase(AddPurchase {
        buyer: province::org(BUYERS[0]),
        supplier,
        entry: None,
        batch: None,
        bought_on: date(2020, 8, 1),
        quantity: 4,
        amount: Fen(10_000),
        channel: SalesChannel::Mall,
        kind: PurchaseKind::UnionGoods,
        voucher_no: String::new(),
        evidence: 1,
    });
    let by = By { name: "李静".into(), origin: String::new() };
    Order { id, n, made_at: 0, schema: SCHEMA, by, seen: Vec::new(), command, signed: None }
}

fn supplier(field: &Field, consoles: &[(Device, String)]) -> Result<Uuid, Fault> {
    let Some((device, _)) = consoles.first() else { return Err(unsound("nobody asks")) };
    field.with(|engine| {
        let state = ledger::state(engine)?;
        let page = pull::page(engine, &state, &Eye::new(device, province::division(0)), 0, 10_000)?;
        let rows = page.rows.iter().map(|(_, line)| from_line(line)).collect::<Result<Vec<Row>, _>>()?;
        let found = rows.into_iter().find(|r| r.kind() == Kind::Supplier);
        found
            .and_then(<Supplier as crate::domain::record::Record>::from_row)
            .map(|s| s.id.0)
            .ok_or_else(|| unsound("no supplier"))
    })
}

fn accepted(answers: &[Answer]) -> Result<(), Fault> {
    match answers.iter().find(|a| !matches!(a.outcome, Outcome::Accepted { .. })) {
        Some(other) => Err(unsound(format!("not accepted: {other:?}"))),
        None => Ok(()),
    }
}

/// Every console hands in its orders, sixty-four at a time and the next when these are answered.
fn writer(
    field: &Field,
    consoles: &[(Device, String)],
    batch: &mut dyn FnMut(usize) -> Vec<Order>,
) -> Result<Duration, Fault> {
    let pool = Arc::new(Pool::new(&field.place, field.runtime.handle().clone())?);
    let (writer, thread) = Writer::start(pool, Clock::Real, tokio::sync::watch::Sender::new(0))?;
    let ready: Vec<(Device, Vec<Order>)> = consoles.iter().map(|(d, _)| (d.clone(), batch(ONE_CONSOLE))).collect();
    let begun = Instant::now();
    field.runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for (device, orders) in ready {
            let writer = writer.clone();
            tasks.spawn(async move {
                for some in orders.chunks(TOGETHER) {
                    let answers = writer.submit(device.clone(), some.to_vec()).await.map_err(unsound)?;
                    accepted(&answers)?;
                }
                Ok::<(), Fault>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.map_err(unsound)??;
        }
        Ok::<(), Fault>(())
    })?;
    let time = begun.elapsed();
    drop(writer);
    thread.join().map_err(|_| unsound("the writer has failed"))?;
    Ok(time)
}

/// How many transactions the place takes in a second.
fn commits(field: &Field) -> Result<f64, Fault> {
    let count = 500_u64;
    let begun = Instant::now();
    field.with(|engine| {
        for _ in 0..count {
            engine.begin()?;
            engine.execute("UPDATE \"hub\" SET \"last_at\" = \"last_at\" + 1 WHERE \"one\" = 1", &[])?;
            engine.commit()?;
        }
        Ok(())
    })?;
    Ok(rate(count, begun.elapsed()))
}

/// Every console pushes its orders over a connection of its own.
fn door(
    field: &Field,
    serving: &Serving,
    consoles: &[(Device, String)],
    batch: &mut dyn FnMut(usize) -> Vec<Order>,
) -> Result<Duration, Fault> {
    let mut ready = Vec::new();
    for (_, token) in consoles {
        let lines = batch(ONE_CONSOLE).iter().map(Order::to_line).collect::<Result<Vec<String>, _>>()?;
        ready.push((field.caller(serving, Some(token))?, lines));
    }
    let begun = Instant::now();
    field.runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for (caller, lines) in ready {
            tasks.spawn(async move {
                for some in lines.chunks(ONE_PUSH) {
                    let (_, answers) = caller.push(some).await.map_err(|e| unsound(format!("{e:?}")))?;
                    accepted(&answers)?;
                }
                Ok::<(), Fault>(())
            });
        }
        while let Some(done) = tasks.join_next().await {
            done.map_err(unsound)??;
        }
        Ok::<(), Fault>(())
    })?;
    Ok(begun.elapsed())
}
