"""Landingpad: a self-hosted server that speaks the REST API of Bitrix24 Sites."""

__version__ = "0.1.0"
