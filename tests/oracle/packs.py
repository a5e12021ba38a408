#!/usr/bin/env python3
"""Writes gift pack instances and their optima, each proved by two solvers that share no model: HiGHS and CP-SAT.

usage: python3 tests/oracle/packs.py [--check]        (pip install highspy ortools)

Writes tests/it/pack/instances.ndjson, an instance a line; the same bytes at every run. With --check the file must have those bytes.
An instance that a solver does not prove in its time, or that they do not agree on, ends the run. Rules are drawn around a planted
pack, so that they can be met however tight they are; every fifth instance then gets a contradiction.
"""
import argparse
import itertools
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, TypeAlias

import highspy
from ortools.sat.python import cp_model

FILE = Path(__file__).resolve().parents[1] / "it/pack/instances.ndjson"
SEEDS, LIMIT = range(1, 61), 60.0
CATEGORIES = "grain oil bean vegetable edible_fungus fruit dried_fruit nut tea honey meat poultry_egg condiment drink".split()
Product = NamedTuple("Product", [
    ("code", str), ("supplier", str), ("county", str), ("category", str), ("price", int), ("stock", int), ("score", int),
    ("weight", int | None), ("volume", int | None), ("season_from", int), ("season_to", int), ("keeps", int),
    ("alcohol", bool), ("pork", bool)])
Rules = NamedTuple("Rules", [
    ("packs", int), ("budget", int), ("floor", int), ("kinds", tuple[int, int]), ("pieces", int),
    ("categories", dict[str, tuple[int, int]]), ("per_supplier", int | None), ("counties", int), ("weight", int | None),
    ("volume", int | None), ("month", int), ("keeps", int), ("seasonal", bool), ("alcohol", bool), ("halal", bool),
    ("must", list[str]), ("must_not", list[str])])
Pack: TypeAlias = dict[int, int]  # pieces by product, of those that are in


class Dice(random.Random):
    """Rolls built on random() alone, whose sequence Python promises to keep."""

    def below(self, n: int) -> int:
        return int(self.random() * n)

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def mixed(self, items: Iterable[int]) -> list[int]:
        rest = list(items)
        return [rest.pop(self.below(len(rest))) for _ in range(len(rest))]


def most_of(p: Product, r: Rules) -> int:
    """The most pieces there may be of a product as far as it alone goes; none where a rule bars it."""
    season = [(p.season_from - 1 + n) % 12 + 1 for n in range(12)]
    barred = (p.keeps < r.keeps or p.code in r.must_not or p.pork and r.halal or p.alcohol and (r.halal or not r.alcohol)
              or r.seasonal and season.index(r.month) > season.index(p.season_to)
              or r.weight is not None and p.weight is None or r.volume is not None and p.volume is None)
    return 0 if barred else min(r.pieces, p.stock // r.packs)


def total(products: list[Product], pack: Pack, what: str) -> int:
    return sum((getattr(products[i], what) or 0) * q for i, q in pack.items())


def broken(products: list[Product], r: Rules, pack: Pack) -> list[str]:
    """The rules that a pack breaks, in whole numbers."""
    by = {what: Counter(getattr(products[i], what) for i in pack) for what in ("category", "supplier", "county")}
    return [rule for rule, holds in {
        "pieces": all(1 <= q <= most_of(products[i], r) for i, q in pack.items()),
        "money": r.floor <= total(products, pack, "price") <= r.budget,
        "kinds": r.kinds[0] <= len(pack) <= r.kinds[1],
        "categories": all(least <= by["category"][name] <= most for name, (least, most) in r.categories.items()),
        "suppliers": r.per_supplier is None or all(n <= r.per_supplier for n in by["supplier"].values()),
        "counties": len(by["county"]) >= r.counties,
        "weight": r.weight is None or total(products, pack, "weight") <= r.weight,
        "volume": r.volume is None or total(products, pack, "volume") <= r.volume,
        "must": set(r.must) <= {products[i].code for i in pack},
    }.items() if not holds]


def drawn(dice: Dice, n: int, scores: int, packs: int) -> list[Product]:
    """Products: scores of their own, near the price, or small counts; some stocks below what the packs need."""
    counties, out = [6, 14, 56][dice.below(3)], list[Product]()
    home = [f"K{dice.below(counties)}" for _ in range(max(4, n * 2 // 5))]
    for i in range(n):
        price = dice.between(*[(6, 29), (30, 99), (100, 399)][dice.below(3)]) * 100 + [0, 80, 90, 50][dice.below(4)]
        score = [dice.between(1, 1_000), price * dice.between(95, 105) // 1_000, dice.below(9)][scores]
        stock = [dice.below(packs), dice.between(packs, packs * 5), dice.between(packs, packs * 5 + 3_000)][min(dice.below(7), 2)]
        supplier, category, start = dice.below(len(home)), CATEGORIES[min(dice.below(14), dice.below(20))], dice.between(1, 12)
        season = (1, 12) if dice.chance(60) else (start, (start + dice.between(0, 6)) % 12 + 1)
        weight, volume = (None if dice.chance(gap) else dice.between(2, 60) * 50 for gap in (8, 25))
        out.append(Product(f"P{i:03}", f"S{supplier:03}", home[supplier], category, price, stock, score, weight, volume, *season,
                           [15, 30, 90, 180, 365][dice.below(5)], category == "drink" or dice.chance(10),
                           category == "meat" or dice.chance(10)))
    return out


def around(dice: Dice, products: list[Product], packs: int) -> tuple[Rules, Pack]:
    """Rules, and a planted pack that meets them."""
    r = Rules(packs, 0, 0, (1, 1), dice.between(2, 4) if dice.chance(40) else 1, {}, None, 0, 0 if dice.chance(35) else None,
              0 if dice.chance(25) else None, dice.between(1, 12), [30, 60, 90, 180][dice.below(4)] if dice.chance(35) else 0,
              dice.chance(30), dice.chance(50), dice.chance(35), [], [])
    apart, cheap, pack = ["code", "supplier", "county"][dice.below(3)], dice.chance(30), Pack()
    free = sorted(dice.mixed(i for i, p in enumerate(products) if most_of(p, r)), key=lambda i: cheap * products[i].price)
    for i in free[: dice.between(2, 14)]:
        if getattr(products[i], apart) not in {getattr(products[j], apart) for j in pack}:
            pack[i] = dice.between(1, most_of(products[i], r))
    cost, n, by_category = total(products, pack, "price"), len(pack), Counter(products[i].category for i in pack)
    slack = [0] * 6 if dice.chance(12) else [0, 10, 500, cost // 50, cost // 10, cost // 3]
    named = [name for name in CATEGORIES if dice.chance(45)] if dice.chance(60) else []
    return r._replace(
        budget=cost + slack[dice.below(6)],
        floor=max(0, cost - slack[dice.below(6)]) if dice.chance(65) else 0,
        kinds=(n - dice.below(n + 1) * dice.below(2), n + (0 if dice.chance(40) else dice.below(6))),
        categories={name: (max(0, by_category[name] - dice.below(2)), by_category[name] + dice.below(3)) for name in named},
        per_supplier=max(Counter(products[i].supplier for i in pack).values()) if dice.chance(55) else None,
        counties=max(1, len({products[i].county for i in pack}) - dice.below(2)) if dice.chance(45) else 0,
        weight=None if r.weight is None else total(products, pack, "weight") + [0, 50, 1_000][dice.below(3)],
        volume=None if r.volume is None else total(products, pack, "volume") + [0, 50, 1_000][dice.below(3)],
        must=sorted(products[i].code for i in list(pack)[: dice.between(1, 2)]) if dice.chance(40) else [],
        must_not=sorted(products[i].code for i in free[20:25] if i not in pack) if dice.chance(35) else []), pack


def contradict(products: list[Product], r: Rules, way: int) -> Rules:
    """The rules made impossible to meet, in one of six ways."""
    free, least = [p for p in products if most_of(p, r)], max(2, r.kinds[0])
    if way == 0:  # more kinds asked for by the categories than there may be
        return r._replace(categories=r.categories | {name: (2, 4) for name in CATEGORIES[: r.kinds[1] // 2 + 1]})
    if way == 1:  # more counties than those that still have a product
        n = len({p.county for p in free}) + 1
        return r._replace(counties=n, kinds=(r.kinds[0], max(r.kinds[1], n)))
    if way == 2:  # a product that must be in, of which there are too few
        return r._replace(must=[next(p.code for p in products if p.stock < r.packs and p.code not in r.must_not)])
    if way == 3:  # prices are in tens, and no ten lies between these
        return r._replace(floor=r.budget // 10 * 10 + 1, budget=r.budget // 10 * 10 + 9)
    if way == 4:  # lighter than the lightest
        lightest = sorted(p.weight for p in free if p.weight is not None)[:least]
        return r._replace(kinds=(least, max(least, r.kinds[1])), weight=sum(lightest) - 1)
    sums = {sum(chosen) for n in range(4) for chosen in itertools.combinations([p.price for p in free], n)}
    none = next(price for price in range(max(sums) // 20 * 10, max(sums) + 20, 10) if price not in sums)  # no three prices make it
    return r._replace(kinds=(1, 3), pieces=1, counties=min(r.counties, 3), floor=none, budget=none)


def by_highs(products: list[Product], r: Rules) -> Pack | None:
    """A binary column for each number of pieces of a product that may be in."""
    columns = [(p, i, q) for i, p in enumerate(products) for q in range(1, most_of(p, r) + 1)]
    counties, solver, inf = sorted({p.county for p, _, _ in columns}), highspy.Highs(), highspy.kHighsInf
    # Without presolve: that of HiGHS 1.16.0 lost every pack of an instance that had some.
    options: dict[str, bool | float | str] = {"output_flag": False, "presolve": "off", "threads": 1, "time_limit": LIMIT,
                                              "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "mip_feasibility_tolerance": 1e-9}
    for option, value in options.items():
        solver.setOptionValue(option, value)
    for gain in [p.score * q for p, _, q in columns] + [0] * len(counties):
        solver.addBinary(gain)

    def row(low: float, high: float, factor: Callable[[Product, int], int], more: Sequence[tuple[int, int]] = ()) -> None:
        terms = [(n, f) for n, (p, _, q) in enumerate(columns) if (f := factor(p, q))] + list(more)
        solver.addRow(low, high, len(terms), [n for n, _ in terms], [f for _, f in terms])

    row(r.floor, r.budget, lambda p, q: p.price * q)
    row(*r.kinds, lambda p, q: 1)
    for code in dict.fromkeys([p.code for p, _, _ in columns] + r.must):
        row(code in r.must, 1, lambda p, q: p.code == code)
    for name, (least, most) in r.categories.items():
        row(least, most, lambda p, q: p.category == name)
    for supplier in dict.fromkeys(p.supplier for p, _, _ in columns):
        row(0, inf if r.per_supplier is None else r.per_supplier, lambda p, q: p.supplier == supplier)
    for n, county in enumerate(counties, len(columns)):  # a county counts only with a product of it
        row(0, inf, lambda p, q: p.county == county, [(n, -1)])
    row(r.counties, inf, lambda p, q: 0, [(n, 1) for n in range(len(columns), len(columns) + len(counties))])
    row(0, inf if r.weight is None else r.weight, lambda p, q: (p.weight or 0) * q)
    row(0, inf if r.volume is None else r.volume, lambda p, q: (p.volume or 0) * q)
    solver.maximize()
    status, optimal = solver.getModelStatus(), highspy.HighsModelStatus.kOptimal
    assert status in (optimal, highspy.HighsModelStatus.kInfeasible), f"HiGHS: {status}"
    return {i: q for (_, i, q), x in zip(columns, solver.allVariableValues()) if round(x)} if status == optimal else None


def by_cp_sat(products: list[Product], r: Rules) -> Pack | None:
    """Pieces as whole numbers and a truth value that goes with them; what bars a product is written anew."""
    m, solver = cp_model.CpModel(), cp_model.CpSolver()
    pieces = [m.new_int_var(0, r.pieces, p.code) for p in products]
    held = [m.new_bool_var(p.code) for p in products]
    for p, q, is_in in zip(products, pieces, held):
        m.add(q >= 1).only_enforce_if(is_in)
        m.add(q == 0).only_enforce_if(~is_in)
        m.add(q * r.packs <= p.stock)
        m.add(is_in >= (p.code in r.must))
        too_late = r.seasonal and (r.month - p.season_from) % 12 > (p.season_to - p.season_from) % 12
        unwanted = p.code in r.must_not or p.alcohol and not r.alcohol or r.halal and (p.alcohol or p.pork)
        if too_late or unwanted or p.keeps < r.keeps:
            m.add(q == 0)

    def of(what: str, name: str) -> list[cp_model.IntVar]:
        return [is_in for p, is_in in zip(products, held) if getattr(p, what) == name]

    m.add_linear_constraint(sum(p.price * q for p, q in zip(products, pieces)), r.floor, r.budget)
    m.add_linear_constraint(sum(held), *r.kinds)
    for name, (least, most) in r.categories.items():
        m.add_linear_constraint(sum(of("category", name)), least, most)
    for supplier in dict.fromkeys(p.supplier for p in products):
        m.add(sum(of("supplier", supplier)) <= (len(products) if r.per_supplier is None else r.per_supplier))
    there = {p.county: m.new_bool_var(p.county) for p in products}
    for county, is_there in there.items():
        m.add_max_equality(is_there, of("county", county))
    m.add(sum(there.values()) >= r.counties)
    for what, limit in (("weight", r.weight), ("volume", r.volume)):
        if limit is not None:  # what is not known is more than any limit
            m.add(sum((limit + 1 if getattr(p, what) is None else getattr(p, what)) * q for p, q in zip(products, pieces)) <= limit)
    m.maximize(sum(p.score * q for p, q in zip(products, pieces)))
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds, solver.parameters.relative_gap_limit = 1, LIMIT, 0.0
    status = solver.solve(m)
    assert status in (cp_model.OPTIMAL, cp_model.INFEASIBLE), f"CP-SAT: {solver.status_name(status)}"
    return {i: n for i, q in enumerate(pieces) if (n := solver.value(q))} if status == cp_model.OPTIMAL else None


def solved(seed: int) -> str:
    """The line of a seed."""
    dice, start = Dice(seed), time.perf_counter()
    packs = [1, dice.between(2, 60), dice.between(61, 800)][dice.below(3)]
    products = drawn(dice, dice.between(30, 250), seed % 3, packs)
    r, planted = around(dice, products, packs)
    assert not broken(products, r, planted), f"{seed}: the planted pack breaks {broken(products, r, planted)}"
    if seed % 5 == 0:
        r = contradict(products, r, seed // 5 % 6)
    best = [by(products, r) for by in (by_highs, by_cp_sat)]
    assert not any(broken(products, r, pack) for pack in best if pack is not None), f"{seed}: {best} break the rules"
    highs, cp_sat = (None if pack is None else total(products, pack, "score") for pack in best)
    right = highs is None if seed % 5 == 0 else highs is not None and highs >= total(products, planted, "score")
    assert highs == cp_sat and right, f"{seed}: HiGHS {highs}, CP-SAT {cp_sat}"
    print(f"{seed}: {len(products)} products, {highs}, {time.perf_counter() - start:.2f} s", file=sys.stderr)
    return json.dumps({"seed": seed, "products": products, "rules": r._asdict(), "optimum": highs}, separators=(",", ":")) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    check, text = parser.parse_args().check, "".join(map(solved, SEEDS))
    if check:
        sys.exit(0 if FILE.read_text() == text else f"{FILE} is not what the seeds make")
    FILE.write_text(text)


if __name__ == "__main__":
    main()
