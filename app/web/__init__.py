"""What every page shares: the only code below the blueprints that knows request and session."""
