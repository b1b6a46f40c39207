"""Run Hamroh: settings, intake, delivery, due messages, command line."""
