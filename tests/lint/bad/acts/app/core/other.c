	audit(rq, S("client.reset"), id, (str){ 0 });
	audit(rq, S("client.vanish"), id, (str){ 0 });
