	{ STR_INIT("client.reset"), STR_INIT("Secrets"), STR_INIT("Reset a secret") },
