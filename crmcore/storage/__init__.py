"""Where customers are kept: the `Store` contract, and the pieces stores are built from."""
