"""Real servers, browsers and site lists that both tests and benchmarks use."""
