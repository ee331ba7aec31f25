"""The plumbing below the rooms: engine, unit of work, migrations, outbox."""
