"""An oracle for the replay of arithmetic: every cycle, every warp, nothing skipped and nothing precomputed."""

from smsim.timing import microops as m


def cycles(programs, schedulers=4, crossing=1):
    """Cycles until every warp's program, a list of micro-operations as in ``small_traces``, has been issued."""
    at = [0] * len(programs)
    free = [0] * len(programs)  # when a warp may issue again
    made = [{} for _ in programs]  # place -> (ready, pipe)
    unit, last, now = {}, {}, 0
    while any(n < len(program) for n, program in zip(at, programs, strict=True)):
        for scheduler in range(schedulers):
            able = []
            for warp in range(scheduler, len(programs), schedulers):
                if at[warp] == len(programs[warp]) or now < free[warp]:
                    continue
                one = programs[warp][at[warp]]
                if now < unit.get((scheduler, one["pipe"]), 0):
                    continue
                late = []  # written again: results of fixed latency come in the order of issue
                for p in one["src"]:
                    if p in made[warp]:
                        ready, pipe = made[warp][p]
                        late.append(ready + crossing * ({pipe, one["pipe"]} == {m.FMA, m.ALU}))
                if all(time <= now for time in late):
                    able.append(warp)
            if not able:
                continue
            warp = last[scheduler] if last.get(scheduler) in able else max(able)
            one = programs[warp][at[warp]]
            for p in one["dst"]:
                made[warp][p] = (now + one["latency"], one["pipe"])
            unit[scheduler, one["pipe"]] = now + one["interval"]
            free[warp] = now + one["gap"]
            last[scheduler] = warp
            at[warp] += 1
        now += 1
    return now
