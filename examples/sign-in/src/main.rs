//! Files behind a sign-in by axum-login: a user signs in, signs out, and signs in as another. Run it with
//! `cargo run -p example-sign-in`, and sign in as `ann` with the password `nna`, or as `bob` with `bob`.

mod users;

use axum::extract::Form;
use axum::response::Redirect;
use axum_login::{AuthManagerLayerBuilder, login_required};
use filekit::prelude::*;
use tower_sessions::{MemoryStore, SessionManagerLayer};

use self::users::{Credentials, Users};

type AuthSession = axum_login::AuthSession<Users>;

#[state]
#[derive(Default)]
struct Files {
    kept: Vec<StoredFile>,
}

#[state]
impl Files {
    /// Keeps files, and says for whom: an event knows its user as a page does.
    #[event]
    async fn keep(
        &mut self,
        files: Vec<UploadFile>,
        #[extract] auth: AuthSession,
    ) -> Result<Option<Toast>> {
        for file in files {
            self.kept.push(file.save().await?);
        }
        let thank = |user: users::User| Toast::success(format!("Thank you, {}.", user.name));
        Ok(auth.user.map(thank))
    }
}

async fn files(auth: AuthSession, files: Current<Files>) -> View {
    let name = auth.user.map(|user| user.name);
    view![vstack(
        spacing = 4,
        padding = "2em",
        heading(level = 1, "Files of ", name),
        upload(
            id = "files",
            on_drop = Files::keep(upload_files("files")),
            button("Add files"),
        ),
        for file in &files.kept {
            link(href = file.url(), target = "_blank", file.name())
        },
        form(
            method = "post",
            action = "/sign-out",
            button(r#type = "submit", "Sign out"),
        ),
    )]
    .title("Files")
}

#[derive(serde::Deserialize)]
struct SignInAttempt {
    #[serde(default)]
    wrong: bool,
}

async fn sign_in_page(Query(tried): Query<SignInAttempt>) -> View {
    view![form(
        method = "post",
        action = "/sign-in",
        vstack(
            spacing = 4,
            padding = "2em",
            heading(level = 1, "Sign in"),
            if tried.wrong {
                text(role = "alert", "Name or password is wrong.")
            },
            label(r#for = "name", "Name"),
            input(id = "name", autocomplete = "username", required = true),
            label(r#for = "password", "Password"),
            input(
                id = "password",
                r#type = "password",
                autocomplete = "current-password",
                required = true,
            ),
            button(r#type = "submit", "Sign in"),
        ),
    )]
    .title("Sign in")
}

async fn sign_in(
    mut auth: AuthSession,
    filekit: FileKit,
    session: SessionId,
    Form(credentials): Form<Credentials>,
) -> Result<Redirect> {
    let Some(user) = auth.authenticate(credentials).await? else {
        return Ok(Redirect::to("/sign-in?wrong=true"));
    };
    if auth.user.is_some() {
        // Nothing of the user before becomes this one's.
        auth.logout().await?;
        filekit.end_session(&session).await?;
    } else {
        filekit.renew_session(&session).await?;
    }
    auth.login(&user).await?;
    Ok(Redirect::to("/"))
}

async fn sign_out(mut auth: AuthSession, filekit: FileKit, session: SessionId) -> Result<Redirect> {
    auth.logout().await?;
    filekit.end_session(&session).await?;
    Ok(Redirect::to("/sign-in"))
}

fn pages() -> Router {
    // `false` because the example is served by http. A program behind https leaves that line out.
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    Router::new()
        .route("/", get(files))
        .route_layer(login_required!(Users, login_url = "/sign-in"))
        .route("/sign-in", get(sign_in_page).post(sign_in))
        .route("/sign-out", post(sign_out))
        .layer(AuthManagerLayerBuilder::new(Users::new(), sessions).build())
}

#[tokio::main]
async fn main() -> Result<()> {
    filekit::serve(pages()).await
}
