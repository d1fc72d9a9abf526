"""Executes a launch: lanes, warps, divergence, barriers, memory spaces, atomics.

Read it in this order: :mod:`.lanes` (what a register is), :mod:`.outersum`, :mod:`.memory`,
:mod:`.globalspace` and :mod:`.ownedspace` (where values live), :mod:`.ops` (what an instruction computes),
:mod:`.bind` and :mod:`.program` (from PTX to steps), :mod:`.frame` and :mod:`.chunk` (who runs next),
:mod:`.barriers` and :mod:`.meetings` (who waits), :mod:`.launch` and :mod:`.device` (all of it together).

Only :mod:`.launch` knows of :mod:`smsim.hazards`; the rest is handed what watches it.
"""
