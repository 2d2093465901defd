"""Comparison: getPreview as commonly written with FastAPI, Pydantic and SQLAlchemy's async session."""

import hashlib
import os
import time
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship

engine = create_async_engine(f"sqlite+aiosqlite:///{os.environ['PEER_DATABASE']}")
new_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    is_admin: Mapped[bool]
    is_active: Mapped[bool]


class Webhook(Base):
    __tablename__ = "webhooks"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    code_hash: Mapped[str]
    scopes: Mapped[str]
    user: Mapped[User] = relationship()


class Domain(Base):
    __tablename__ = "domains"
    id: Mapped[int] = mapped_column(primary_key=True)
    host: Mapped[str]


class Page(Base):
    __tablename__ = "pages"
    id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[bool]
    preview_key: Mapped[str | None]


class Site(Base):
    __tablename__ = "sites"
    id: Mapped[int] = mapped_column(primary_key=True)
    active: Mapped[bool]
    deleted: Mapped[bool]
    domain_id: Mapped[int] = mapped_column(ForeignKey("domains.id"))
    index_page_id: Mapped[int | None] = mapped_column(ForeignKey("pages.id"))
    domain: Mapped[Domain] = relationship()
    index_page: Mapped[Page | None] = relationship()


class GetPreview(BaseModel):
    id: int


class Answer(BaseModel):
    result: str
    time: dict[str, Any]


app = FastAPI()


async def session():
    async with new_session() as opened:
        yield opened


Session = Annotated[AsyncSession, Depends(session)]


async def caller(user_id: int, code: str, session: Session) -> User:
    found = await session.scalar(
        select(Webhook)
        .options(joinedload(Webhook.user))
        .where(Webhook.code_hash == hashlib.sha256(code.encode()).hexdigest())
    )
    if found is None or found.user_id != user_id or not found.user.is_active:
        raise HTTPException(401, "Invalid request credentials")
    if "landing" not in found.scopes.split(","):
        raise HTTPException(403, "insufficient_scope")
    return found.user


@app.post("/rest/{user_id}/{code}/landing.site.getPreview")
async def get_preview(params: GetPreview, session: Session, user: Annotated[User, Depends(caller)]) -> Answer:
    start = time.time()
    site = await session.scalar(
        select(Site).options(joinedload(Site.domain), joinedload(Site.index_page)).where(Site.id == params.id)
    )
    address = "/bitrix/images/landing/nopreview.jpg"
    if site and site.active and not site.deleted and site.index_page and site.index_page.preview_key:
        address = f"http://{site.domain.host}/preview.jpg"
    finish = time.time()
    stamp = datetime.fromtimestamp(start, UTC).isoformat(timespec="seconds")
    return Answer(
        result=address,
        time={
            "start": start,
            "finish": finish,
            "duration": finish - start,
            "processing": finish - start,
            "date_start": stamp,
            "date_finish": stamp,
            "operating_reset_at": int(start) + 600,
            "operating": 0.0,
        },
    )
