#![deny(warnings, missing_docs, unreachable_pub)]
//! States of every ready owner, and of owners of a program's own.

use std::borrow::Cow;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use filekit::prelude::*;

#[state(owner = SessionId)]
#[derive(Default)]
struct Basket {
    items: Vec<String>,
}

#[state(owner = Everyone)]
#[derive(Default)]
struct Board {
    items: Vec<String>,
}

#[state(owner = Path<u32>)]
#[derive(Default)]
struct Room {
    items: Vec<String>,
}

/// axum's own extractor, and a trailing comma.
#[state(owner = axum::extract::Path<String>,)]
#[derive(Default)]
struct Project {
    items: Vec<String>,
}

mod users {
    use super::{Cow, FromRequestParts, Infallible, Owner, Parts};

    /// Who is signed in.
    pub(crate) struct User(pub(crate) u64);

    impl<S: Sync> FromRequestParts<S> for User {
        type Rejection = Infallible;

        async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
            Ok(Self(7))
        }
    }

    impl Owner for User {
        fn key(&self) -> Cow<'_, str> {
            self.0.to_string().into()
        }
    }
}

#[state(owner = users::User)]
#[derive(Default)]
struct Desk {
    items: Vec<String>,
}

/// An owner that is extracted without a state of the router only, which is all that is asked for.
struct Tenant;

impl FromRequestParts<()> for Tenant {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, (): &()) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

impl Owner for Tenant {
    fn key(&self) -> Cow<'_, str> {
        Cow::Borrowed("tenant")
    }
}

mod renamed {
    pub(crate) use filekit as kit;
}

/// In either order.
#[state(owner = Tenant, crate = crate::renamed::kit)]
#[derive(Default)]
struct Shop {
    items: Vec<String>,
}

#[state(crate = crate::renamed::kit, owner = crate::users::User)]
#[derive(Default)]
struct Account {
    items: Vec<String>,
}

/// Another state is told apart by its name alone.
macro_rules! with_events {
    ($($state:ident)*) => {$(
        #[state]
        impl $state {
            #[event]
            fn add(&mut self, item: String) {
                self.items.push(item);
            }
        }
    )*};
}

with_events!(Basket Board Room Project Desk Shop Account);

async fn page(basket: Current<Basket>, board: Current<Board>, desk: Current<Desk>, shop: Current<Shop>) -> View {
    view![
        text(basket.items.len(), board.items.len(), desk.items.len(), shop.items.len()),
        button(on_click = Basket::add("a"), "Basket"),
        button(on_click = Board::add("a"), "Board"),
        button(on_click = Desk::add("a"), "Desk"),
        button(on_click = Shop::add("a"), "Shop"),
    ]
}

async fn room(room: Current<Room>, account: Current<Account>) -> View {
    view![text(room.items.len(), account.items.len()), button(on_click = Room::add("a"), "Room")]
}

async fn project(project: Current<Project>) -> View {
    view![text(project.items.len()), button(on_click = Project::add("a"), "Project")].follow("projects")
}

/// Owners are values that a program makes, too.
async fn change(filekit: FileKit, session: SessionId) -> Result<usize> {
    filekit.update::<Basket>(&session, |basket| basket.items.clear()).await?;
    filekit.update::<Board>(&Everyone, |board| board.items.clear()).await?;
    filekit.update::<Room>(&Path(3), |room| room.items.clear()).await?;
    filekit.update::<Project>(&axum::extract::Path("a".to_owned()), |project| project.items.clear()).await?;
    filekit.update::<Desk>(&users::User(7), |desk| desk.items.clear()).await?;
    filekit.update::<Shop>(&Tenant, |shop| shop.items.clear()).await?;
    Ok(filekit.read::<Room>(&Path(3)).await?.items.len() + filekit.read::<Account>(&users::User(7)).await?.items.len())
}

fn main() {
    let _: Router = Router::new().route("/", get(page)).route("/rooms/{room}", get(room)).route("/projects/{name}", get(project));
    let _ = change;
    assert_eq!(Path(12).key(), "12");
    assert_eq!(Everyone.key(), "");
}
