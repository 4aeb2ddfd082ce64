"""Everything that is under way for an account, and ending all of it at once.

Under way are: an address to be confirmed, a move to another one, a log-in that waits for its second factor, questions put to
passkeys, an app that is being set up, a password reset, invitations, browsers that are signed in or known, and links of every kind
but those that undo. Whoever sets a new password, undoes a change or signs out everywhere ends it all here, so that nothing an intruder
began can be finished later. `docs/security.md` draws it.
"""

from sqlalchemy import delete

from app.extensions import db
from app.models import AddressChange, Authenticator, Challenge, Invitation, LoginSession, PendingLogin, User
from app.security.tokens import hash_of

BEGUN = (
    (PendingLogin, PendingLogin.user_id),
    (Challenge, Challenge.user_id),
    (Invitation, Invitation.created_by_id),
)


def end_everything(user: User, *, keep_key: str = "") -> None:
    """End all that is under way for an account, and sign it out everywhere but in the browser that holds `keep_key`.

    `user` is locked. Links of every purpose but undoing, and the cookies of known browsers, name the epoch that ends here.
    """
    user.epoch += 1
    user.confirm_token_version += 1
    user.reset_token_version += 1
    for model, owner in BEGUN:
        db.session.execute(delete(model).where(owner == user.id).execution_options(synchronize_session=False))
    cancel_move(user.id)
    offered = delete(Authenticator).where(Authenticator.user_id == user.id, Authenticator.confirmed_at.is_(None))
    db.session.execute(offered.execution_options(synchronize_session=False))
    end_sessions(user.id, keep_key=keep_key)


def take_invitations_back(user_id: int) -> None:
    """Let no invitation work any more that a person made."""
    db.session.execute(delete(Invitation).where(Invitation.created_by_id == user_id).execution_options(synchronize_session=False))


def end_sessions(user_id: int, *, keep_key: str = "") -> None:
    """Sign a person out everywhere, except in the browser that holds `keep_key`."""
    others = delete(LoginSession).where(LoginSession.user_id == user_id, LoginSession.token_hash != hash_of(keep_key))
    db.session.execute(others.execution_options(synchronize_session=False))


def cancel_move(user_id: int) -> bool:
    """Forget a move to another address that was asked for and not confirmed, and say whether there was one."""
    waiting = delete(AddressChange).where(AddressChange.user_id == user_id, AddressChange.confirmed_at.is_(None))
    gone = db.session.scalars(waiting.returning(AddressChange.id).execution_options(synchronize_session=False))
    return bool(gone.all())
