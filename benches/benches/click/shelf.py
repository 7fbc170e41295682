"""The page with Reflex, as its documentation writes lists of objects. What it shows is what `page.rs` shows."""

import dataclasses

import reflex as rx


@dataclasses.dataclass
class Entry:
    id: int
    name: str
    url: str
    size: int
    note: str = ""


class Shelf(rx.State):
    files: list[Entry] = [
        Entry(id, f"holiday {id}.jpeg", f"/_upload/holiday%20{id}.7k2mq9xwh3dp.jpeg", id * 1_234 // 1_000)
        for id in range(1, 101)
    ]

    @rx.event
    def annotate(self, id: int, note: str):
        for entry in self.files:
            if entry.id == id:
                entry.note = note

    @rx.event
    def remove(self, id: int):
        self.files = [entry for entry in self.files if entry.id != id]


def row(entry: rx.Var[Entry]) -> rx.Component:
    return rx.card(
        rx.hstack(
            rx.link(entry.name, href=entry.url),
            rx.badge(f"{entry.size} kB"),
            rx.input(value=entry.note, placeholder="Note", on_change=lambda note: Shelf.annotate(entry.id, note)),
            rx.button("Remove", on_click=Shelf.remove(entry.id)),
        )
    )


def index() -> rx.Component:
    return rx.vstack(rx.foreach(Shelf.files, row))


app = rx.App()
app.add_page(index, route="/")
