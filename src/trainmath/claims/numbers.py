"""The arithmetic behind each claim: functions without arguments over the rows of ``trainmath.figures``.

Each returns the numbers that its claim's sentence names, ready to print: percentages in percent, money and
counts in the unit that the docstring says.
"""

from __future__ import annotations

from trainmath import cost, model
from trainmath.figures import value


def _llama_hours_ratio() -> float:
    return value("llama.gpu_hours") / value("v3.gpu_hours")


def _sustained(run: str, parameters: str, hours: str) -> float:
    """FLOP/s a GPU by 6ND over a run."""
    flop = model.six_nd(value(parameters), value(f"{run}.tokens"))
    return flop / (value(hours) * 3600)


def _sustained_both() -> tuple[float, float]:
    """TFLOP/s a GPU: DeepSeek-V3's pre-training, Llama 3.1 405B."""
    v3 = _sustained("v3", "v3.active_parameters", "v3.pretraining_gpu_hours")
    llama = _sustained("llama", "llama.parameters", "llama.gpu_hours")
    return v3 / 1e12, llama / 1e12


def speed() -> dict[str, float]:
    """Llama 3.1 405B over DeepSeek-V3: GPU-hours, days and FLOP, as ratios; days of each."""
    v3_days = model.days(value("v3.gpu_hours"), value("v3.gpus"))
    llama_days = model.days(value("llama.gpu_hours"), value("llama.gpus"))
    flop = [
        model.six_nd(value(n), value(d))
        for n, d in (("v3.active_parameters", "v3.tokens"), ("llama.parameters", "llama.tokens"))
    ]
    return {
        "hours": _llama_hours_ratio(),
        "v3_days": v3_days,
        "llama_days": llama_days,
        "days": llama_days / v3_days,
        "flop": flop[1] / flop[0],
    }


def use_of_hardware() -> dict[str, float]:
    """TFLOP/s a GPU by 6ND in both runs; the ratio of the parameters that a token meets."""
    v3, llama = _sustained_both()
    sparsity = 1 / cost.sparsity_factor(value("v3.active_parameters"), value("llama.parameters"))
    return {"v3": v3, "llama": llama, "sparsity": sparsity}


def ptx_in_the_report() -> dict[str, float]:
    """How often the report names PTX; hand-written .ptx files in DeepEP."""
    return {"mentions": value("design.ptx_mentions"), "files": value("design.ptx_files")}


def below_ptx() -> dict[str, float]:
    """Percent won, in some cases, by editing SASS after the compiler."""
    return {"gain": value("design.sass_gain")}


def split_in_software() -> dict[str, float]:
    """Blocks of the two kinds of kernel and their sum; percent of NVLink that the H800 was sold with."""
    communicate, compute = value("design.communication_blocks"), value("v3.compute_sms")
    return {
        "communicate": communicate,
        "compute": compute,
        "sum": communicate + compute,
        "link": 100 * value("gpu.h800_nvlink") / value("gpu.h100_nvlink"),
    }


def share_of_sms() -> dict[str, float]:
    """SMs that communicate, all SMs, percent; SMs that DeepEP's second version needs, fewest and most."""
    k, left = value("v3.communication_sms"), value("v3.compute_sms")
    low, high = value("effects.later_communication_sms")
    return {"k": k, "all": k + left, "share": 100 * k / (k + left), "low": low, "high": high}


def lanes() -> dict[str, float]:
    """GB/s: InfiniBand and NVLink of the H800 as used, NVLink of an H100 one way, DeepEP between nodes."""
    low, high = value("design.deepep_bandwidth")
    return {
        "infiniband": value("v3.infiniband_bandwidth") / 1e9,
        "nvlink": value("v3.nvlink_bandwidth") / 1e9,
        "h100": value("gpu.h100_nvlink") / 2 / 1e9,
        "low": low / 1e9,
        "high": high / 1e9,
    }


def energy() -> dict[str, float]:
    """GWh at the GPUs' rated power, both runs; MW at once, both clusters; percent of loss between FP8 and BF16."""
    watts = value("gpu.watts")
    return {
        "v3_gwh": cost.kwh(value("v3.gpu_hours"), watts) / 1e6,
        "llama_gwh": cost.kwh(value("llama.gpu_hours"), watts) / 1e6,
        "v3_mw": cost.megawatts(value("v3.gpus"), watts),
        "llama_mw": cost.megawatts(value("llama.gpus"), watts),
        "gap": value("design.fp8_loss_gap"),
    }


def billions() -> dict[str, float]:
    """Million USD of both runs at the assumed rent; how many times the article's sums exceed them; the ratio."""
    price = value("v3.price_per_gpu_hour")
    v3, llama = (cost.rent_usd(value(f"{run}.gpu_hours"), price) for run in ("v3", "llama"))
    return {
        "v3": v3 / 1e6,
        "llama": llama / 1e6,
        "after": value("article.cost_after") / v3,
        "before": value("article.cost_before") / llama,
        "ratio": llama / v3,
        "claimed": value("article.cost_before") / value("article.cost_after"),
    }


def door() -> dict[str, float]:
    """Million USD: the run at the assumed rent; a cluster like the one used, lowest and highest; GPUs in it."""
    run = cost.rent_usd(value("v3.gpu_hours"), value("v3.price_per_gpu_hour"))
    network = value("isca.network_per_gpu")
    low, high = (
        cost.capital_usd(value("v3.gpus"), server, network) for server in value("price.server_per_gpu")
    )
    return {"run": run / 1e6, "low": low / 1e6, "high": high / 1e6, "gpus": value("v3.gpus")}


def share_price() -> dict[str, float]:
    """Percent that the share fell, least and most; billion USD of market value, lowest and highest."""
    before, (low, high) = value("market.share_before"), value("market.share_after")
    least, most = value("market.value_lost")
    return {
        "least": 100 * (1 - high / before),
        "most": 100 * (1 - low / before),
        "low": least / 1e9,
        "high": most / 1e9,
    }


def demand() -> dict[str, float]:
    """SMs for communication: in the report, and in DeepEP's second version, fewest and most."""
    low, high = value("effects.later_communication_sms")
    return {"k": value("v3.communication_sms"), "low": low, "high": high}


def bounds() -> dict[str, float]:
    """Largest factor that each effect can have: all reserved SMs given back, all communication hidden, sparsity."""
    return {
        "sms": float(cost.reserved_sm_factor(value("v3.communication_sms"))),
        "overlap": 1 + value("design.communication_to_compute"),
        "sparsity": 1 / cost.sparsity_factor(value("v3.active_parameters"), value("llama.parameters")),
        "trend": value("design.industry_trend"),
    }


def released() -> dict[str, float]:
    """Billion parameters in the released checkpoint; trillion tokens of the data, which was not released."""
    return {"weights": value("v3.checkpoint_parameters") / 1e9, "tokens": value("v3.tokens") / 1e12}
