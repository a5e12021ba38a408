#!/usr/bin/env python3
"""Solves the integer programs of a directory with HiGHS and with CP-SAT, and says how long they take.

usage: python3 benches/beside/packs.py DIR [--threads 1] [--limit 60]        (pip install highspy ortools)

A program is a file NAME.json: {"gain": [...], "most": [...], "rows": [[low or null, high or null, [[column, factor], ...]], ...]},
all whole numbers; what is sought is the largest gain·x where 0 <= x <= most in whole numbers and every row lies between low and
high. The table has a line for each solver and group of programs, which is NAME up to its last "-". Times are those of solving,
without reading and building; an open program counts with the time it was given. Seconds to the first answer are those of the
programs that have one.

Writes NAME.highs and NAME.cpsat beside each program: `optimal 12345`, `infeasible` or `open`. What a solver answers is computed
again in whole numbers; an answer that does not hold counts as open. Where the solvers contradict each other the run fails: the
presolve of HiGHS 1.16.0 takes some programs for infeasible that are not.
"""
import argparse
import json
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import highspy
import numpy as np
from ortools.sat.python import cp_model

Status = highspy.HighsModelStatus


@dataclass
class Row:
    low: int | None
    high: int | None
    factors: dict[int, int]


@dataclass
class Program:
    gain: list[int]
    most: list[int]
    rows: list[Row]

    def worth(self, x: Sequence[int]) -> int | None:
        """What an answer gains; nothing if it is none."""
        sums = [sum(factor * x[column] for column, factor in row.factors.items()) for row in self.rows]
        fits = all((r.low is None or s >= r.low) and (r.high is None or s <= r.high) for r, s in zip(self.rows, sums))
        within = all(0 <= n <= most for n, most in zip(x, self.most, strict=True))
        return sum(gain * n for gain, n in zip(self.gain, x)) if fits and within else None


@dataclass
class Run:
    """What a solver said, and the seconds it took to prove it and to find the first answer."""

    said: str
    took: float
    first: float | None
    best: int | None = None


def read(path: Path) -> Program:
    """A program; factors of the same column are added up."""
    data, rows = json.loads(path.read_text()), []
    for low, high, terms in data["rows"]:
        factors: Counter[int] = Counter()
        for column, factor in terms:
            factors[column] += factor
        rows.append(Row(low, high, {column: factor for column, factor in factors.items() if factor}))
    return Program(data["gain"], data["most"], rows)


def verdict(program: Program, proved: bool, infeasible: bool, x: Sequence[int] | None, took: float, first: float | None) -> Run:
    """What to make of a solver's answer."""
    best = None if x is None else program.worth(x)
    if infeasible:
        return Run("infeasible", took, None)
    first = took if first is None and best is not None else first
    return Run(f"optimal {best}" if proved and best is not None else "open", took, first, best)


def by_highs(program: Program, threads: int, limit: float) -> Run:
    h = highspy.Highs()
    for option, value in {"output_flag": False, "threads": threads, "time_limit": limit, "mip_rel_gap": 0.0,
                          "mip_abs_gap": 0.0}.items():
        h.setOptionValue(option, value)
    lp, inf = highspy.HighsLp(), highspy.kHighsInf
    lp.num_col_, lp.num_row_, lp.sense_ = len(program.gain), len(program.rows), highspy.ObjSense.kMaximize
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = np.array(program.gain, float), np.zeros(lp.num_col_), np.array(program.most, float)
    lp.row_lower_ = np.array([-inf if row.low is None else row.low for row in program.rows], float)
    lp.row_upper_ = np.array([inf if row.high is None else row.high for row in program.rows], float)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * lp.num_col_
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.cumsum([0] + [len(row.factors) for row in program.rows])
    lp.a_matrix_.index_ = np.array([column for row in program.rows for column in row.factors], int)
    lp.a_matrix_.value_ = np.array([factor for row in program.rows for factor in row.factors.values()], float)
    if h.passModel(lp) == highspy.HighsStatus.kError:
        raise ValueError("HiGHS does not take the program")
    answers: list[float] = []
    h.cbMipImprovingSolution += lambda _: answers.append(time.perf_counter())
    start = time.perf_counter()
    h.run()
    took, status, solution = time.perf_counter() - start, h.getModelStatus(), h.getSolution()
    proved = status in (Status.kOptimal, Status.kModelEmpty)
    infeasible = status in (Status.kInfeasible, Status.kUnboundedOrInfeasible)
    x = [round(value) for value in solution.col_value] if solution.value_valid or proved else None
    return verdict(program, proved, infeasible, x, took, answers[0] - start if answers else None)


class First(cp_model.CpSolverSolutionCallback):
    """Remembers when the first answer came."""

    def __init__(self) -> None:
        super().__init__()
        self.at: float | None = None

    def on_solution_callback(self) -> None:
        self.at = time.perf_counter() if self.at is None else self.at


def by_cp_sat(program: Program, threads: int, limit: float) -> Run:
    m, solver, first = cp_model.CpModel(), cp_model.CpSolver(), First()
    x = [m.new_int_var(0, most, "") for most in program.most]
    for row in program.rows:
        total = cp_model.LinearExpr.weighted_sum([x[column] for column in row.factors], list(row.factors.values()))
        low, high = cp_model.INT_MIN if row.low is None else row.low, cp_model.INT_MAX if row.high is None else row.high
        m.add_linear_constraint(total, low, high)
    m.maximize(cp_model.LinearExpr.weighted_sum(x, program.gain))
    solver.parameters.num_workers, solver.parameters.max_time_in_seconds, solver.parameters.relative_gap_limit = threads, limit, 0.0
    start = time.perf_counter()
    status = solver.solve(m, first)
    took = time.perf_counter() - start
    if status == cp_model.MODEL_INVALID:
        raise ValueError(f"CP-SAT does not take the program: {m.validate()}")
    found = [solver.value(n) for n in x] if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
    at = None if first.at is None else first.at - start
    return verdict(program, status == cp_model.OPTIMAL, status == cp_model.INFEASIBLE, found, took, at)


SOLVERS: dict[str, tuple[str, Callable[[Program, int, float], Run]]] = {
    "HiGHS": ("highs", by_highs),
    "CP-SAT": ("cpsat", by_cp_sat),
}


def contradicts(one: Run, other: Run) -> bool:
    """Whether one answer is better than what the other proved to be best."""
    if one.best is None or other.said == "open":
        return False
    return other.best is None or one.best > other.best


def line(group: str, solver: str, runs: Sequence[Run]) -> str:
    """A line of the table."""
    took = sorted(run.took for run in runs)
    first = [run.first for run in runs if run.first is not None]
    times: list[float | None] = [statistics.median(took), took[-(-9 * len(took) // 10) - 1], took[-1]]
    times += [statistics.median(first), max(first)] if first else [None, None]
    cells = ["–" if seconds is None else f"{seconds:.3f} s" for seconds in times]
    return f"| {group} | {solver} | {sum(run.said != 'open' for run in runs)}/{len(runs)} | {' | '.join(cells)} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=Path)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for a program")
    args = parser.parse_args()
    groups: dict[str, dict[str, list[Run]]] = defaultdict(lambda: defaultdict(list))
    wrong = 0
    for path in sorted(args.directory.glob("*.json")):
        program, runs = read(path), []
        for solver, (suffix, solve) in SOLVERS.items():
            run = solve(program, args.threads, args.limit)
            path.with_name(f"{path.stem}.{suffix}").write_text(run.said + "\n")
            groups[path.stem.rpartition("-")[0] or path.stem][solver].append(run)
            runs.append(run)
        if contradicts(*runs) or contradicts(*runs[::-1]):
            wrong += 1
            print(f"{path.stem}: {', '.join(f'{s} says {r.said}' for s, r in zip(SOLVERS, runs))}", file=sys.stderr)
    print("\n| programs | solver | solved | proof, median | 90 % | worst | first answer, median | worst |")
    print("|---|---|--:|--:|--:|--:|--:|--:|")
    for group, solvers in groups.items():
        for solver, all_runs in solvers.items():
            print(line(group, solver, all_runs))
    if wrong:
        sys.exit(f"{wrong} programs on which the solvers contradict each other")


if __name__ == "__main__":
    main()
