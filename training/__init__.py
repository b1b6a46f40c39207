"""Learn from the example questions; needed when they change, never to run the bot."""
