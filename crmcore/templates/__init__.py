"""Files that crmcore writes for people: see `crmcore.scaffold`."""
