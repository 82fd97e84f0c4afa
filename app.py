"""The table of contents. The server imports this file once and gets the app; each visit executes it."""

import streamlit as st

if __name__ != "__main__":
    from pages.ui.server import explain, lifespan, routes

    app = st.App(__file__, lifespan=lifespan, routes=routes(), on_script_error=explain)
else:
    from pages.ui.contents import contents

    st.set_page_config("Unrolled", "pages/ui/browser/icon.png", layout="wide", initial_sidebar_state=290)
    st.navigation(contents(), position="top").run()
