"""The table of contents. The server imports this file once and gets the app; each visit executes it."""

import streamlit as st

if __name__ != "__main__":
    from pages.ui.server import lifespan, routes

    app = st.App(__file__, lifespan=lifespan, routes=routes())
else:
    from pages.ui.contents import contents

    st.set_page_config("Unrolled", "pages/ui/browser/icon.png", layout="wide", initial_sidebar_state=290)
    st.navigation(contents(), position="top").run()
