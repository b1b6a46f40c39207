"""Keep the referral store: schema, transactions and one query module per noun."""
