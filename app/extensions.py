"""The Flask extensions, created unbound; `create_app` binds them."""

from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy

from app.csrf import FormProtection
from app.mail.transport import SafeMail
from app.models.base import Base

db = SQLAlchemy(model_class=Base, disable_autonaming=True, session_options={"expire_on_commit": False})
migrate = Migrate(db=db, render_as_batch=True, compare_type=True)
login_manager = LoginManager()
csrf = FormProtection()
mail = SafeMail()
babel = Babel()
