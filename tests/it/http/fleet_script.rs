//! The script that runs the example with rooms on two servers: what a person who tries it sees.

use filekit_tests::Server;

use super::rooms::{files_at, user_of};

#[tokio::test]
async fn two_servers_show_each_person_what_the_other_has_brought_and_stop_with_the_script() {
    let server = Server::start_rooms_script().await;
    let mut ann = user_of(server.site(), "/rooms/garden", "ann").await;
    let mut ben = user_of(server.site(), "/rooms/garden", "ben").await;
    ann.upload("files", [("plan.txt", "roses")]).await;
    ben.upload("files", [("list.txt", "spade")]).await;
    let both = ["plan.txt, brought by ann", "list.txt, brought by ben"];
    // Each of the two servers answers every other request.
    for _ in 0..2 {
        assert_eq!(files_at(&mut ann, "/rooms/garden").await, both);
        assert_eq!(files_at(&mut ben, "/rooms/garden").await, both);
    }
    let address = server.address();
    assert!(server.stop().await.success());
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "something still listens");
}
