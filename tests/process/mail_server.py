"""mail_server.py - a real SMTP server that prints each mail it gets as a line of JSON: mail_server.py OPTIONS.

{"port": 0, "cert": FILE, "key": FILE, "tls": "none" | "starttls" | "smtps", "user": U, "password": P, "refuse": ADDRESS, "drop": ADDRESS}
"""
import asyncio
import json
import logging
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

logging.disable()  # a handshake that is refused is what a test wants
options = json.loads(sys.argv[1])


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address == options.get("refuse"):
            return "550 no such mailbox"
        if address == options.get("drop"):
            server.transport.abort()
            return "421 goodbye"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        say(sender=envelope.mail_from, to=envelope.rcpt_tos, encrypted=session.ssl is not None or options["tls"] == "smtps",
            who=(session.auth_data or [None])[0], text=envelope.content.decode("latin1"))
        if options.get("hold"):
            await asyncio.sleep(options["hold"])
        return "250 OK"


def prove(server, session, envelope, mechanism, data):
    login, password = data.login.decode(), data.password.decode()
    good = login == options["user"] and password == options["password"]
    return AuthResult(success=good, auth_data=(login,))


async def main():
    context = None
    if options["tls"] != "none":
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(options["cert"], options["key"])
    starttls = context if options["tls"] == "starttls" else None
    auth = {"authenticator": prove, "auth_required": True, "auth_require_tls": starttls is not None} if "user" in options else {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(Handler(), hostname="mail.test", tls_context=starttls, require_starttls=starttls is not None, loop=loop, **auth),
        "127.0.0.1", options.get("port", 0), ssl=context if options["tls"] == "smtps" else None)
    say(port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


asyncio.run(main())
