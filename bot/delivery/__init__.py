"""Delivery: claim what is planned, send it part by part, write down each. `docs/delivery.md` draws it.

sender    keeps deliveries on their way, and decides what a failure means for one
loading   reads what was claimed, and divides it into parts
courier   sends the parts of one delivery
turns     whose call is next
pacing    when a place, an installation may be called again
circuits  which installations are left alone for a while
journal   writes marks, many at once
endings   what becomes of a delivery that did not go through
retry     what follows a failure
"""
