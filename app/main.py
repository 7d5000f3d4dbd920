"""The web application: settings in, wiring as a list, a Flask app out."""

from pathlib import Path

from flask import Flask
from flask.json.provider import DefaultJSONProvider
from werkzeug.middleware.proxy_fix import ProxyFix

from app import config, db
from app.compliance import views as compliance
from app.docket import views as docket
from app.documents import views as documents
from app.documents.actions import receive, use_store
from app.eligibility import views as eligibility
from app.erc_tcs import views as erc_tcs
from app.issuance import views as issuance
from app.mv_reports import views as mv_reports
from app.programme import views as programme
from app.signing import secret_key
from app.verifiers import views as verifiers
from app.web import audience, bodies, pages, refusals, security, visitor
from storage import S3Access, open_store

BLUEPRINTS = (
    docket.blueprint,
    programme.blueprint,
    issuance.blueprint,
    compliance.blueprint,
    mv_reports.blueprint,
    eligibility.blueprint,
    verifiers.blueprint,
    erc_tcs.blueprint,
    documents.blueprint,
)

WEB = (visitor, security, audience, bodies, refusals, pages)


class Json(DefaultJSONProvider):
    """Keys in the order in which a schema names them, so that an answer reads from the important to the detail."""

    sort_keys = False


def create_app(settings: config.Settings) -> Flask:
    """The application for these settings; the database is bound already or named by `database_url`."""
    security.configure_logs()
    app = Flask("app", root_path=str(Path(__file__).parent))
    app.json = Json(app)
    app.secret_key = secret_key(settings.home)
    app.config.update(
        PUBLIC_URL=settings.public_url,
        SESSION_COOKIE_NAME="erc_docket",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        MAX_CONTENT_LENGTH=bodies.SMALL_BODY_BYTES,
        MAX_FORM_MEMORY_SIZE=20 * 1024 * 1024,
        MAX_FORM_PARTS=20_000,
    )
    app.extensions["erc.settings"] = settings
    app.extensions["erc.receive"] = lambda stream, name: receive(stream, name).facts
    bind(settings)
    if settings.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=0)  # type: ignore[method-assign]
    for part in WEB:
        part.install(app)
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    return app


def bind(settings: config.Settings) -> None:
    """Bind this process to the settings' database and object store."""
    if settings.database_url is not None:
        db.connect(settings.database_url)
    access = S3Access(settings.store_endpoint, settings.store_access_key, settings.store_secret_key, settings.store_region)
    use_store(open_store(settings.store_url, settings.home, secret_key(settings.home).encode(), access))
