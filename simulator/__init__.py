"""A Telegram for one machine: a Bot API server, the people who write to the bot, and a chat page.

It speaks HTTP and imports nothing of the bot. Start it with `python -m simulator`, or as a task with
`simulator.server.serve`; steer it through `/sim/…` (`simulator.control`) or with `simulator.client`.
"""
