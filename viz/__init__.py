"""Pictures: numpy in, plotly Figure out. Nothing here knows torch, Streamlit or the networks."""
