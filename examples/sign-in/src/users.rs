//! The users, as axum-login asks for them; a program of yours has them in a database.

use std::convert::Infallible;

use axum_login::{AuthUser, AuthnBackend};

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) name: String,
    /// Here the password itself, so that the example stays short. Keep a hash of it that is made for passwords
    /// (Argon2), and compare by the function that comes with it.
    secret: String,
}

impl AuthUser for User {
    type Id = String;

    fn id(&self) -> String {
        self.name.clone()
    }

    /// A user who changes their password is signed out everywhere else.
    fn session_auth_hash(&self) -> &[u8] {
        self.secret.as_bytes()
    }
}

/// The fields of the sign-in form.
#[derive(serde::Deserialize)]
pub(crate) struct Credentials {
    name: String,
    password: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Users(Vec<User>);

impl Users {
    /// Ann and Bob, whose passwords are their names backwards.
    pub(crate) fn new() -> Self {
        let of_name = |name: &str| User {
            name: name.to_owned(),
            secret: name.chars().rev().collect(),
        };
        Self(["ann", "bob"].map(of_name).into())
    }
}

impl AuthnBackend for Users {
    type User = User;
    type Credentials = Credentials;
    type Error = Infallible;

    async fn authenticate(&self, credentials: Credentials) -> Result<Option<User>, Infallible> {
        let found = self.get_user(&credentials.name).await?;
        Ok(found.filter(|user| user.secret == credentials.password))
    }

    async fn get_user(&self, name: &String) -> Result<Option<User>, Infallible> {
        Ok(self.0.iter().find(|user| user.name == *name).cloned())
    }
}
