"""trainmath: many GPUs. From a model's config to parameters, FLOPs, GPU-hours, dollars and energy.

Pure functions; units are in names and docstrings; shares are 0 to 1. Inputs come from TOML rows::

    from trainmath import cost, model
    from trainmath.figures import figure, value      # value("v3.gpu_hours") -> 2788000.0; figure(...) has the source

``model``, from a config (Hugging Face's names; a dict, a path, or one that comes with the book)::

    shape = model.read("config.json")                # ConfigError names every field at fault, once
    shape = model.load("DeepSeek-V3").shape          # model.names() lists the others
    model.parameters(shape)                          # stored; tensors(shape), by_part(shape) list them
    model.active_parameters(shape)                   # met by one token, both tables included
    model.multiplied_parameters(shape)               # the N of 6ND: without the embedding table
    model.six_nd(parameters, tokens)                 # FLOP of a run by the rule of thumb
    model.training_flop_per_token(shape, sequence_length, causal=True)       # FLOP, with attention
    model.flops_per_gpu(flop_per_token, tokens_per_second, gpus)             # FLOP/s
    model.mfu(flops_per_gpu, peak_flops)             # 0 to 1
    model.gpu_hours(flop, mfu, peak_flops)           # GPU-hours; also gpu_hours_at_rate, mfu_of_run, days

``cost``, from GPU-hours on; money, energy and factors take arrays as well::

    cost.rent_usd(gpu_hours, usd_per_gpu_hour)
    fixed = cost.fixed_usd_per_hour(usd_per_gpu, years, residual, upkeep)    # owned, each hour of the clock
    energy = cost.energy_usd_per_gpu_hour(watts, usd_per_kwh, pue)           # each hour of work
    cost.ownership_usd_per_gpu_hour(fixed, energy, utilisation)
    cost.break_even_utilisation(rent_usd_per_gpu_hour, fixed, energy)
    cost.kwh(gpu_hours, watts, pue), cost.megawatts(gpus, watts, pue)
    cost.reserved_sm_factor(k, sms=132, overlapped=1.0)                      # factors on GPU-hours:
    cost.bubble_factor(bubble), cost.precision_factor(share, speedup)        # > 1 costs, < 1 saves
    cost.sparsity_factor(active, dense), cost.effective_factor(effective)
    cost.estimate(tokens=..., active_parameters=..., mfu=..., ...)           # all of it at once, as the calculator does
    cost.serving_usd(nodes, usd_per_gpu_hour), cost.revenue_usd(tokens, usd_per_million)
    cost.profit_over_cost(revenue, cost), cost.profit_over_revenue(revenue, cost)

Ranges (``value`` of a row is then two numbers) go through any of these by Monte Carlo::

    spread = cost.propagate(cost.rent_usd, {"gpu_hours": 2.788e6, "usd_per_gpu_hour": cost.range_of("price.rent")})
    spread.low, spread.median, spread.high           # 5 %, 50 %, 95 %; spread.influence() ranks the inputs

``moe``, ``reserve`` and ``pipeline``, from tokens to links, SMs and schedules; their docstrings show how::

    moe.route(scores, k=8, placement=moe.Placement(), most_nodes=4)          # experts of each token
    moe.dispatch(experts, placement)                                         # vectors on each GPU's links
    reserve.sweep(reserve.Work(...), reserve.Machine(...))                   # step time against k reserved SMs
    pipeline.run(pipeline.dualpipe(stages=8, micro_batches=20))              # bubble by count; a schedule to draw

``plan.evaluate(task, plan)`` gives memory, step time and bill of a cluster, ``plan.best(task)`` the cheapest one.
``claims.table()`` lists what the book's article claims, each claim with sources, arithmetic and a verdict.
Groups of rows: v3, isca, llama, gpu, price, effects, serving, around, article, design, market, plan, chip_*.
``labkit.fact`` reads the same rows.
"""
